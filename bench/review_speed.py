"""How fast reviews are: first event, the whole review against its tools, five lenses on a slow model, memory."""

import json
import os
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from asterism.kernel.llm.fake_server import Script, running_in_thread
from bench.report import Report, at_most, median, paired
from bench.servers import Running, serving

TITLE = "reviews: first event, the whole against its tools, a slow model, memory"
RUNS = 9
FILES = 40
BIG_DIFF = 512 << 10
MODEL_SECONDS = 2.0
IDENTITY = {
    "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org",
}  # fmt: skip
SOURCE = '''"""Module {number}."""

import logging

log = logging.getLogger(__name__)


def compute_{number}(values: list[int]) -> int:
    """Add the values that count."""
    total = 0
    for value in values:
        if value > {number}:
            total += value
    log.info("total %s", total)
    return total
'''


def run() -> Report:
    """Measure and report."""
    report = Report()
    with tempfile.TemporaryDirectory(prefix="asterism-bench-") as name:
        root = make_checkout(Path(name).resolve() / "checkout")
        rows = [*_alone(report, root), *_model(root), _memory(Path(name).resolve() / "large")]
    report.table(["what", "ours", "compared with", "ratio", "aim"], rows)
    report.note(
        f"{FILES} changed Python files; medians of {RUNS}. The tools are ruff and bandit, run one after the "
        "other on the changed files as a person would; the review runs them at once, with the other analyzers, git, "
        "blame and the store. The five lenses find nothing, so that no second opinion is asked; one costs another call."
    )
    return report


def _alone(report: Report, root: Path) -> Iterator[list[str]]:
    with serving(settings={"ASTERISM_PROJECT_ROOT": str(root)}) as server, api(server) as client:
        firsts = [stream(client)[0] for _ in range(RUNS)]
        yield ["first event", f"{median(firsts) * 1000:.0f} ms", "-", "-", "< 100 ms"]
        ours, peer, ratio = paired(lambda: stream(client)[1], lambda: tools(root), runs=RUNS)
        figures = f"{ours * 1000:.0f} ms", f"{peer * 1000:.0f} ms"
        yield ["whole review", figures[0], f"{figures[1]} the tools", f"{ratio:.2f}", "<= 1.1"]
        peers = f"ruff, then bandit, {figures[1]}"
        report.against(f"whole review of {FILES} files", figures[0], peers, ratio, at_most(1.1))


def _model(root: Path) -> Iterator[list[str]]:
    answer = json.dumps({"summary": "fine", "issues": []})

    def slow(_call: object) -> Script:
        return Script(chunks=(answer,), first_delay=MODEL_SECONDS)

    with running_in_thread(answer=slow) as fake:
        settings = {"ASTERISM_PROJECT_ROOT": str(root), "ASTERISM_OPENAI_BASE_URL": fake.url}
        with serving(settings=settings) as server, api(server) as client:
            body = {"provider": "openai", "apiKey": "bench", "model": "slow"}
            client.post("/api/config", json=body).raise_for_status()
            stream(client)
            seconds = median([stream(client)[1] for _ in range(3)])
    yield ["five lenses, model of 2 s a call", f"{seconds:.2f} s", "2 s", f"{seconds / MODEL_SECONDS:.2f}", "<= 2.6 s"]


def _memory(root: Path) -> list[str]:
    make_checkout(root)
    size = number = 0
    while size < BIG_DIFF:
        text = "".join(f"value_{number}_{line} = compute({line}, {number})\n" for line in range(600))
        (root / f"large{number}.py").write_text(text)
        size += len(text)
        number += 1
    with serving(settings={"ASTERISM_PROJECT_ROOT": str(root)}) as server, api(server) as client:
        stream(client)
        peak = server.peak_mib()
    return ["memory, diff of 512 KiB", f"{peak:.0f} MiB at its peak", "-", "-", "< 300 MB"]


def make_checkout(root: Path) -> Path:
    """Make a repository whose files were all changed since the commit."""
    root.mkdir(parents=True)
    for number in range(FILES):
        (root / f"module{number}.py").write_text(SOURCE.format(number=number))
    for arguments in (("init", "-q", "-b", "main"), ("add", "-A"), ("commit", "-q", "-m", "first")):
        subprocess.run(["git", *arguments], cwd=root, check=True, env={**os.environ, **IDENTITY})
    for number in range(FILES):
        text = SOURCE.format(number=number).replace("total = 0", "total = sum([])")
        (root / f"module{number}.py").write_text(text + "\n\nimport os\nos.system(input())\n")
    return root


@contextmanager
def api(server: Running) -> Iterator[httpx.Client]:
    """Open a client of `/api` whose project is trusted."""
    with httpx.Client(base_url=server.url, timeout=120) as client:
        project = client.get("/api/config/init").json()["project"]
        body = {
            "projectId": project["projectId"],
            "repoRoot": project["path"],
            "trustedAt": "2026-02-04T12:00:00.000Z",
            "capabilities": {"readFiles": True, "runCommands": False},
            "trustMode": "session",
        }
        client.post("/api/settings/trust", json=body).raise_for_status()
        yield client


def stream(client: httpx.Client) -> tuple[float, float]:
    """Run one review; return the seconds to its first event and to its end."""
    started = time.perf_counter()
    first = 0.0
    last = ""
    with client.stream("GET", "/api/triage/stream?mode=unstaged") as response:
        for line in response.iter_lines():
            if line.startswith("event: "):
                first = first or time.perf_counter() - started
                last = line
    if last != "event: complete":
        raise RuntimeError(f"the review ended with {last!r}")
    return first, time.perf_counter() - started


def tools(root: Path) -> float:
    """Run the tools directly; return the seconds."""
    files = sorted(path.name for path in root.glob("*.py"))
    ruff = Path(sysconfig.get_path("scripts")) / "ruff"
    started = time.perf_counter()
    command = [str(ruff), "check", "--isolated", "--no-cache", "--exit-zero", "--quiet", *files]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    command = [sys.executable, "-m", "bandit", "-q", "-f", "json", "--exit-zero", *files]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    return time.perf_counter() - started
