"""Lock files that a tool writes anew: offered where it is at hand, and never more than what it wrote (Beyond 3)."""

import asyncio
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from asterism.features.versions import sync
from asterism.features.versions.sync import Answered, Execution, LockNotWritten, LockTools, Preview
from asterism.features.versions.sync.lock_tools import Runner, recipe_for
from asterism.kernel.sandbox import Ending, Outcome, SandboxUnavailable
from asterism.server.lock_tools import run_alone
from tests.features.versions.sync.conftest import NOBODY, World
from tests.support.trees import Tree

LOCK = "uv.lock"
ANEW = {LOCK: Answered(option="regenerate")}


def manifests(*libraries: str) -> Tree:
    """Return a project that uses some of its libraries, without its lock file."""
    used = "".join(f'    "{name}",\n' for name in libraries)
    places = "".join(f'{name} = {{ path = "libs/{name}" }}\n' for name in libraries)
    head = '[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.11"\n'
    tree = {"pyproject.toml": f"{head}dependencies = [\n{used}]\n\n[tool.uv.sources]\n{places}".encode()}
    for name in ("aa", "bb", "zz"):
        tree[f"libs/{name}/pyproject.toml"] = f'[project]\nname = "{name}"\nversion = "1"\n'.encode()
    return tree


def part(world: World, lock: Callable[[Tree], bytes]) -> None:
    """Let both sides of a project use one more library each."""
    base, ours, main = (manifests(*names) for names in (("zz",), ("bb", "zz"), ("aa", "zz")))
    for tree in (base, ours, main):
        tree[LOCK] = lock(tree)
    begun = world.push(world.main, base)
    world.push(world.main, main, begun)
    world.push(world.side, ours, begun)


def prepare(world: World, tools: LockTools) -> Preview:
    db, blobs = world.shelf.db, world.shelf.blobs
    return asyncio.run(sync.prepare(db, blobs, NOBODY, world.caller, world.side.id, None, seconds=1800, tools=tools))


def execute(world: World, preview: Preview, tools: LockTools, **decisions: Answered) -> sync.Executed:
    wanted = Execution(preview.id, ANEW | decisions)
    return sync.execute(world.shelf.db, world.shelf.blobs, world.caller, world.side.id, wanted, tools=tools)


def options(preview: Preview) -> list[str]:
    (decision,) = preview.plan.decisions
    assert (decision.path, decision.kind) == (LOCK, "lockfile")
    return [option.id for option in decision.options]


def test_the_tool_writes_what_the_merged_manifests_need(world: World) -> None:
    def run(argv: Sequence[str], folder: Path, seconds: float) -> Outcome:
        return asyncio.run(run_alone("plain", argv, folder, seconds, network=False))

    tools = LockTools(run, network=False)
    recipe = recipe_for(LOCK)
    assert recipe is not None
    part(world, lambda tree: tools.write_anew(LOCK, recipe, tree))
    preview = prepare(world, tools)
    assert options(preview) == ["use_main", "use_workspace", "regenerate"]
    done = execute(world, preview, tools)
    merged = world.tree(world.side)
    assert {f'name = "{name}"'.encode() in merged[LOCK] for name in ("app", "aa", "bb", "zz")} == {True}
    assert merged[LOCK] == tools.write_anew(LOCK, recipe, merged)
    assert execute(world, preview, tools) == done  # and is answered alike


def exited(status: int = 0, said: bytes = b"") -> Outcome:
    return Outcome(Ending.EXITED, status, said, b"", 0.01)


def written(argv: Sequence[str], folder: Path, _seconds: float) -> Outcome:
    if "lock" in argv:
        (folder / LOCK).write_bytes(b"anew\n")
    return exited()


def failing(argv: Sequence[str], _folder: Path, _seconds: float) -> Outcome:
    return exited(int("lock" in argv), b"no such package\n")


def leading_away(argv: Sequence[str], folder: Path, _seconds: float) -> Outcome:
    if "lock" in argv:
        (folder / LOCK).unlink()
        (folder / LOCK).symlink_to(Path("/etc/hostname"))
    return exited()


CARGO = """#!/bin/sh
[ "$*" = "update --workspace --manifest-path rust/Cargo.toml --offline" ] || exit 9
[ -f rust/src/main.rs ] && [ ! -s rust/src/main.rs ] || exit 8
{ cat rust/Cargo.lock; grep path rust/Cargo.toml; } > made && mv made rust/Cargo.lock
"""


def test_cargo_is_led_to_its_manifest_and_finds_sources_with_nothing_in_them(world: World, tmp_path: Path) -> None:
    (tmp_path / "cargo").write_text(CARGO)
    (tmp_path / "cargo").chmod(0o755)

    def run(argv: Sequence[str], folder: Path, seconds: float) -> Outcome:
        if argv[1] == "--version":
            return exited()
        path = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
        done = subprocess.run(argv, cwd=folder, env=path, capture_output=True, timeout=seconds, check=False)
        return exited(done.returncode, done.stderr)

    def crate(*names: str) -> Tree:
        needs = "".join(f'{name} = {{ path = "{name}" }}\n' for name in names)
        lock = f"locked {names}\n"
        return {
            "rust/Cargo.toml": f'[package]\nname = "app"\n\n[dependencies]\n{needs}'.encode(),
            "rust/Cargo.lock": lock.encode(),
            "rust/src/main.rs": b"fn main() {}\n",
        }

    begun = world.push(world.main, crate("mm", "nn"))
    world.push(world.main, crate("aa", "mm", "nn"), begun)
    world.push(world.side, crate("mm", "nn", "zz"), begun)
    tools = LockTools(run, network=False)
    preview = prepare(world, tools)
    wanted = Execution(preview.id, {"rust/Cargo.lock": Answered(option="regenerate")})
    sync.execute(world.shelf.db, world.shelf.blobs, world.caller, world.side.id, wanted, tools=tools)
    merged = world.tree(world.side)
    used = b"".join(b'%s = { path = "%s" }\n' % (name, name) for name in (b"aa", b"mm", b"nn", b"zz"))
    assert merged["rust/Cargo.lock"] == b"locked ('aa', 'mm', 'nn')\n" + used
    assert merged["rust/src/main.rs"] == b"fn main() {}\n"


def test_the_tool_sees_manifests_alone_and_nothing_of_it_is_kept_but_the_lock_file(world: World) -> None:
    seen: list[set[str]] = []

    def run(argv: Sequence[str], folder: Path, seconds: float) -> Outcome:
        seen.append({str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()})
        return written(argv, folder, seconds)

    part(world, lambda tree: tree["pyproject.toml"])
    tools = LockTools(run, network=False)
    before = world.tree(world.side)
    execute(world, prepare(world, tools), tools)
    after = world.tree(world.side)
    assert after[LOCK] == b"anew\n"
    assert after.keys() == before.keys()
    assert seen == [set(), {path for path in before if path.endswith((".toml", ".lock"))}]


@pytest.mark.parametrize("run", [failing, leading_away])
def test_a_tool_that_fails_changes_nothing(world: World, run: Runner) -> None:
    part(world, lambda tree: tree["pyproject.toml"])
    tools = LockTools(run, network=False)
    preview, before = prepare(world, tools), world.look(world.side)
    with pytest.raises(LockNotWritten) as caught:
        execute(world, preview, tools)
    assert (caught.value.details["path"], caught.value.details["tool"]) == (LOCK, "uv")
    assert world.look(world.side) == before
    assert world.execute(preview, **{LOCK: "use_main"}).made


def test_without_a_tool_or_a_sandbox_it_is_not_offered(world: World) -> None:
    def unavailable(_argv: Sequence[str], _folder: Path, _seconds: float) -> Outcome:
        raise SandboxUnavailable("none here")

    part(world, lambda tree: tree["pyproject.toml"])
    for run in (lambda *_: exited(1), unavailable):
        assert options(prepare(world, LockTools(run, network=True))) == ["use_main", "use_workspace"]


@pytest.mark.parametrize(
    ("path", "argv"),
    [
        ("package-lock.json", ("--prefix", ".", "--offline")),
        ("web/package-lock.json", ("--prefix", "web", "--offline")),
        ("core/Cargo.lock", ("--manifest-path", "core/Cargo.toml", "--offline")),
        ("Cargo.lock", ("--manifest-path", "./Cargo.toml", "--offline")),
    ],
)
def test_each_tool_is_led_to_its_folder(path: str, argv: tuple[str, ...]) -> None:
    recipe = recipe_for(path)
    assert recipe is not None
    assert recipe.argv(path.rpartition("/")[0], network=False)[-3:] == argv
    assert "--offline" not in recipe.argv("", network=True)
