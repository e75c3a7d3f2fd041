"""Programs of analyzers that load while the change is read: the same answers, and nothing left behind."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from asterism.features.review import analyzers
from asterism.features.review.analyzers.bandit import Bandit, bandit_program
from asterism.features.review.analyzers.models import AnalyzerFailed
from tests.features.review.reviews.conftest import request, world
from tests.support.facts import PATIENCE

SOURCES = {
    "p1/a.py": "import os\nos.system(input())\nassert eval('1')\n",
    "p1/odd name.py": "password = 'hunter22hunter'\n",
    "f3/broken.py": "def (:\n",
    "f4/-x.py": "import pickle\n",
}


class Recorded(analyzers.ToolRunner):
    """Remembers the order in which programs are begun and told what to work on, and ends."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def begin(self, argv: Any, seconds: float) -> Any:
        self.told.append("begun")
        begun, told = super().begin(argv, seconds), self.told

        class Watched:
            async def finish(self, word: bytes) -> Any:
                told.append("finished")
                return await begun.finish(word)

            async def end(self) -> None:
                told.append("ended")
                await begun.end()

        return Watched()


def test_bandit_loaded_before_says_what_bandit_says(tmp_path: Path) -> None:
    many = {f"p{number}/m.py": f"exec(x{number})\n" for number in range(60)}  # more than it shows its progress for
    for name, text in (SOURCES | many).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    names = sorted(SOURCES | many)
    (tmp_path / bandit_program.LIST).write_text("".join(f"{name}\0" for name in names))
    argv = [sys.executable, "-I", "-m", "bandit", "--quiet", "--exit-zero", "--format", "json", "--", *names]
    alone = json.loads(subprocess.run(argv, cwd=tmp_path, check=True, capture_output=True).stdout)

    async def work() -> bytes:
        tools = analyzers.ToolRunner()
        try:
            return (await Bandit().begin(tools).finish(os.fsencode(tmp_path))).stdout
        finally:
            tools.close()

    ours = json.loads(asyncio.run(work()))
    assert len(alone["results"]) > 60
    assert [ours[key] for key in ("results", "errors", "metrics")] == [
        alone[key] for key in ("results", "errors", "metrics")
    ]


def test_what_nobody_finishes_is_ended(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    script = f"import os,sys\nopen({os.fspath(told)!r}, 'x').write(str(os.getpid()))\nsys.stdin.read()\nimport time\n"

    async def work() -> int:
        tools = analyzers.ToolRunner()
        begun = tools.begin([sys.executable, "-c", f"{script}time.sleep({PATIENCE})"], PATIENCE)
        async with asyncio.timeout(PATIENCE):
            while not told.exists() or not told.read_text():
                await asyncio.sleep(0.01)
        await begun.end()
        await begun.end()
        tools.close()
        return int(told.read_text())

    with pytest.raises(ProcessLookupError):
        os.kill(asyncio.run(work()), 0)


def test_a_program_that_does_not_listen_says_how_it_ended() -> None:
    async def work(argv: list[str]) -> int:
        tools = analyzers.ToolRunner()
        try:
            return (await tools.begin(argv, PATIENCE).finish(b"/")).returncode
        finally:
            tools.close()

    assert asyncio.run(work([sys.executable, "-c", "raise SystemExit(3)"])) == 3
    with pytest.raises(AnalyzerFailed, match="nowhere cannot be started"):
        asyncio.run(work(["/nowhere"]))


@pytest.mark.parametrize(("names", "paths", "told"), [
    ("ruff,bandit", [["a.js", "b.pyi"], ["c.py"]], ["begun", "ended"]),
    ("bandit", [["a.js", "py"]], []),
    ("bandit", [], []),
    ("ruff", [["a.py"]], []),
])  # fmt: skip
def test_bandit_begins_once_where_there_is_python(names: str, paths: list[list[str]], told: list[str]) -> None:
    async def work() -> list[str]:
        tools = Recorded()
        async with analyzers.Ahead(analyzers.chosen(names), tools) as ahead:
            for some in paths:
                await asyncio.to_thread(ahead.expect, some)
            await asyncio.sleep(0)
        ahead.expect(["late.py"])
        await asyncio.sleep(0)
        tools.close()
        return tools.told

    assert asyncio.run(work()) == told


def test_a_review_begins_bandit_while_it_reads_the_change_and_leaves_none_behind(db: Any, clock: Any, checkout: Any):
    async def scenario() -> tuple[list[str], list[str], list[str]]:
        async with world(db, clock, "bandit") as w:
            tools = Recorded()
            object.__setattr__(w.services, "tools", tools)
            checkout.write("README.md", "x\n")
            checkout.commit()
            checkout.write("a.py", "exec(input())\n")
            found = await w.events(await w.manager.begin(request(checkout.root)))
            reviewed = list(tools.told)
            checkout.write("a.py", b"\0")
            failed = await w.events(await w.manager.begin(request(checkout.root)))
            assert failed[-1][2]["error"]["code"] == "NO_DIFF"
            return [kind for _, kind, _ in found], reviewed, tools.told[len(reviewed) :]

    kinds, reviewed, failed = asyncio.run(scenario())
    assert "issue_found" in kinds
    assert reviewed == ["begun", "finished", "ended", "ended"]
    assert failed == ["begun", "ended"]
