"""The shell of an agent: what its processes see, reach and leave."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

from asterism.kernel.agents import AgentEvent, AgentJob, AgentSession, BuiltinAgents, Ground, PartUpdated, ToolPart
from asterism.kernel.llm import Scripted, ScriptedModels, Target, ToolCall
from asterism.kernel.llm.fake_server import FakeModelServer
from asterism.kernel.sandbox import bubblewrap_problem
from tests.support.agents import Told, at_once, call, turn_of
from tests.support.sandboxes import needs_bubblewrap

TARGET = Target("local", "demo", "http://127.0.0.1:1/v1", "model-key")
TOKEN = "ast_" + "s_0123"


def shell(*commands: str) -> list[Scripted]:
    return [Scripted((call("bash", command=command),)) for command in commands]


def run(
    tree: Path,
    commands: list[Scripted],
    *,
    kind: str = "auto",
    environment: dict[str, str] | None = None,
    on: Callable[[AgentSession, AgentEvent], Awaitable[None]] | None = None,
) -> list[str]:
    """Run commands in one turn and return what each wrote."""
    models = ScriptedModels()
    models.play(*commands, "Done.")

    async def main() -> Told:
        agents = BuiltinAgents(models, Ground(kind), sleep=at_once)  # type: ignore[arg-type]
        job = AgentJob(tree, "Do it", TARGET, environment=environment or {})
        async with asyncio.timeout(120):
            return await turn_of(agents, job, on)

    return [part.state.output or "" for part in asyncio.run(main()).calls]


@needs_bubblewrap
def test_processes_see_the_token_and_no_other_secret(tmp_path: Path) -> None:
    os.environ["ASTERISM_TEST_SECRET"] = "leaked"
    try:
        output = run(
            tmp_path, shell("env; cat /proc/*/environ | tr '\\0' '\\n'"), environment={"ASTERISM_TOKEN": TOKEN}
        )
    finally:
        del os.environ["ASTERISM_TEST_SECRET"]
    assert f"ASTERISM_TOKEN={TOKEN}" in output[0].splitlines()
    assert "leaked" not in output[0]
    assert "model-key" not in output[0]


@needs_bubblewrap
def test_v1_is_reached_and_nothing_else_of_the_server(tmp_path: Path) -> None:
    async def main() -> list[str]:
        async with FakeModelServer() as server:
            url = server.url.removesuffix("/v1")
            port = url.rpartition(":")[2]
            models = ScriptedModels()
            models.play(
                *shell(
                    'curl -sS -d \'{"model":"m","messages":[]}\' $ASTERISM_URL/v1/chat/completions',
                    "curl -sS $ASTERISM_URL/api/health; curl -sS --path-as-is $ASTERISM_URL/v1/../api/health",
                    f"curl -sS http://127.0.0.1:{port}/v1/models",
                ),
                "Done.",
            )
            agents = BuiltinAgents(models, Ground())
            job = AgentJob(tmp_path, "Do it", TARGET, environment={"ASTERISM_URL": url})
            told = await turn_of(agents, job)
            assert len(server.calls) == 1
            return [part.state.output or "" for part in told.calls]

    reached, refused, direct = asyncio.run(main())
    assert "chat.completion" in reached
    assert refused == "This address is not reachable from the agent's sandbox." * 2
    assert "Exit status 7." in direct


def test_what_runs_in_the_background_ends_with_the_turn(tmp_path: Path) -> None:
    mark = f"mark-{os.getpid()}-{tmp_path.name}"
    kind = "auto" if bubblewrap_problem() is None else "plain"
    commands = shell(
        f"setsid sh -c 'touch {mark}; while :; do sleep 0.1; done' >/dev/null 2>&1 &",
        f"while [ ! -e {mark} ]; do sleep 0.05; done; ps ax -o args= | grep -c '[t]ouch {mark};'",
    )
    output = run(tmp_path, commands, kind=kind, environment={"MARK": mark})
    assert output[1].strip() == "1"
    assert not [p for p in Path("/proc").glob("[0-9]*/environ") if os.access(p, os.R_OK) and mark in _read(p)]


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode(errors="replace")
    except OSError:
        return ""


def test_output_is_cut_in_the_middle_and_a_flood_ended(tmp_path: Path) -> None:
    commands = shell("seq 1 20000", "yes | head -c 100000000", "exit 3", "sleep 60")
    commands[3] = Scripted((call("bash", command="sleep 600", timeout=300),))
    output = run(tmp_path, commands, kind="plain")
    assert output[0].startswith("1\n2\n")
    assert output[0].endswith("20000\n")
    assert "characters left out" in output[0]
    assert output[1].endswith("it wrote too much. Send its output to a file.")
    assert output[2] == "Exit status 3."
    assert "ended after 0.3 s" in output[3]


@needs_bubblewrap
def test_a_bomb_ends_its_sandbox_and_the_next_command_gets_a_new_one(tmp_path: Path) -> None:
    models = ScriptedModels()
    models.play(*shell("for i in $(seq 700); do sleep 1000 & done; wait", "echo alive"), "Done.")
    told = asyncio.run(turn_of(BuiltinAgents(models, Ground()), AgentJob(tmp_path, "Do it", TARGET)))
    assert told.end.reason == "done"
    assert "too many of them" in (told.calls[0].state.output or "")
    assert told.calls[1].state.output == "alive\n"


def test_an_abort_ends_a_command(tmp_path: Path) -> None:
    mark = f"mark-{os.getpid()}-{tmp_path.name}"

    async def on(session: AgentSession, event: AgentEvent) -> None:
        part = event.part if isinstance(event, PartUpdated) else None
        if isinstance(part, ToolPart) and part.state.status == "running":
            while not (tmp_path / "up").exists():
                await asyncio.sleep(0.02)
            await session.abort()

    run(tmp_path, shell("touch up; sleep 1000"), kind="plain", environment={"MARK": mark}, on=on)
    assert not [p for p in Path("/proc").glob("[0-9]*/environ") if os.access(p, os.R_OK) and mark in _read(p)]


def test_a_working_copy_that_the_agent_deletes_is_told(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    calls = [*shell("rm -rf ./* .[!.]* ; cd ..; rmdir tree 2>/dev/null; true"), Scripted((call("list"),))]
    output = run(tree, calls, kind="plain")
    assert "does not exist" in output[1]


def test_every_call_is_told_as_running_before_it_ends(tmp_path: Path) -> None:
    states: list[str] = []

    async def on(_: AgentSession, event: AgentEvent) -> None:
        if isinstance(event, PartUpdated) and isinstance(event.part, ToolPart):
            states.append(event.part.state.status)

    run(tmp_path, [Scripted((ToolCall("c", "todoread"),))], kind="plain", on=on)
    assert list(dict.fromkeys(states)) == ["pending", "running", "completed"]
