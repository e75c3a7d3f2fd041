"""Push and clone of a tree of 10,000 files against git and restic doing the same work on the same disk."""

import shutil
import tempfile
from pathlib import Path

from bench.report import Report, at_most, median
from bench.servers import serving
from bench.trees import asterism, have, packages, settle, settle_deleted, timed

TITLE = "push and clone of 10,000 files"
ROUNDS = 3


def run() -> Report:
    """Measure and report."""
    report = Report()
    samples: dict[str, list[tuple[float, float]]] = {"asterism": [], "git": [], "restic": []}
    with tempfile.TemporaryDirectory(prefix="asterism-bench-") as folder:
        top = Path(folder)
        count, size = packages(top / "tree")
        settle_deleted()
        for number in range(ROUNDS):
            place = top / str(number)
            place.mkdir()
            samples["asterism"].append(ours(top / "tree", place))
            samples["git"].append(git(top / "tree", place))
            if have("restic"):
                samples["restic"].append(restic(top / "tree", place))
    report.table(
        ["", "push, s", "clone, s", "push: ours / theirs", "clone: ours / theirs", "aim"],
        [row(name, samples) for name in samples if samples[name]],
    )
    for at, work in enumerate(("push of 10,000 files", "clone of 10,000 files")):
        for name in ("git", "restic"):
            headline(
                report, work, name, [pair[at] for pair in samples["asterism"]], [pair[at] for pair in samples[name]]
            )
    report.note(
        f"{count} files, {size / 1e6:.0f} MB; medians of {ROUNDS} rounds, each with fresh stores and folders, taken in "
        "turn. git: add, commit and push to a bare repository on disk; clone of that repository (which links its "
        "objects instead of copying them), with git's defaults, which sync every loose object. restic: backup, "
        "restore, repository on disk. Ours: the commands, start of Python included, against a server on the same "
        "machine, which checks every hash and syncs before it answers; the start of the server, and the libraries "
        "that it goes on loading after it, are over before the clock runs. The disk has "
        "forgotten what was deleted before."
    )
    return report


def headline(report: Report, work: str, peer: str, ours: list[float], theirs: list[float]) -> None:
    """Tell one ratio, or that the peer is not installed (restic is the Debian package of that name)."""
    figure = f"{median(ours):.2f} s"
    if not theirs:
        report.absent(work, figure, peer, at_most(0.6))
        return
    ratio = median([mine / other for mine, other in zip(ours, theirs, strict=True)])
    report.against(work, figure, f"{peer}, {median(theirs):.2f} s", ratio, at_most(0.6))


def row(name: str, samples: dict[str, list[tuple[float, float]]]) -> list[str]:
    """Return one row of the table."""
    push, clone = (median([pair[i] for pair in samples[name]]) for i in (0, 1))
    if name == "asterism":
        return [name, f"{push:.2f}", f"{clone:.2f}", "", "", ""]
    ratios = [
        f"{median([mine[i] / theirs[i] for mine, theirs in zip(samples['asterism'], samples[name], strict=True)]):.2f}"
        for i in (0, 1)
    ]
    return [name, f"{push:.2f}", f"{clone:.2f}", *ratios, "< 1"]


def ours(tree: Path, place: Path) -> tuple[float, float]:
    """Push and clone with a server of its own; returns both times in seconds."""
    work = place / "ours"
    shutil.copytree(tree, work)
    with serving() as server:
        environment = {"ASTERISM_URL": server.url, "ASTERISM_TOKEN": server.token}
        settle(server.process.pid)
        push = timed(asterism("push", str(work), "--project", "bench", "--json"), place, environment)
        settle()
        return push, timed(asterism("clone", "bench", str(place / "ours-back"), "--json"), place, environment)


def git(tree: Path, place: Path) -> tuple[float, float]:
    """The same with git."""
    work = place / "git"
    shutil.copytree(tree, work)
    timed(["git", "init", "-q", "--bare", str(place / "bare")], place, {})
    timed(["git", "init", "-q", "-b", "main"], work, {})
    settle()
    push = sum(
        timed(["git", *words], work, {})
        for words in (["add", "-A"], ["commit", "-q", "-m", "bench"], ["push", "-q", str(place / "bare"), "main"])
    )
    settle()
    return push, timed(["git", "clone", "-q", "-b", "main", str(place / "bare"), str(place / "git-back")], place, {})


def restic(tree: Path, place: Path) -> tuple[float, float]:
    """The same with restic."""
    environment = {"RESTIC_REPOSITORY": str(place / "restic"), "RESTIC_CACHE_DIR": str(place / "cache")}
    timed(["restic", "init", "-q"], place, environment)
    settle()
    push = timed(["restic", "backup", "-q", "."], tree, environment)
    settle()
    return push, timed(
        ["restic", "restore", "-q", "latest", "--target", str(place / "restic-back")], place, environment
    )
