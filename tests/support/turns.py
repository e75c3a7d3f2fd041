"""Conversations with scripted agents, for tests of turns."""

import asyncio
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import httpx

from asterism.faces.runtime import Runtime
from asterism.features.versions.workcopies import WorkingCopies
from asterism.kernel.agents import AgentJob, Ask, Inquiry, Option, ScriptedAgents, Step, Wait, Write
from tests.support.server import TestServer
from tests.support.trees import make_project, make_workspace, ok


class Scripts:
    """What agents do, by the prompt they are given: `scripts["Fix it"] = ("I ", "did")`."""

    def __init__(self) -> None:
        self._of: dict[str, Callable[[AgentJob], Sequence[Step]]] = {}
        self.agents = ScriptedAgents(self._steps)

    def __setitem__(self, prompt: str, steps: Sequence[Step] | Callable[[AgentJob], Sequence[Step]]) -> None:
        """Say what an agent does that is given this prompt."""
        self._of[prompt] = steps if callable(steps) else lambda _: steps

    def _steps(self, job: AgentJob) -> Sequence[Step]:
        return self._of.get(job.prompt, lambda _: ("ok",))(job)

    def prompts(self) -> list[str]:
        """Return the prompts in the order in which agents were given them."""
        return [job.prompt for job in self.agents.jobs]

    def job(self, prompt: str) -> AgentJob:
        """Return the last job with this prompt: a test may have run before, on the other engine."""
        return next(job for job in reversed(self.agents.jobs) if job.prompt == prompt)


@contextmanager
def scripted_server(folder: Path, url: str, scripts: Scripts, **settings: Any) -> Iterator[TestServer]:
    """Run a server whose agents follow scripts."""

    def alter(rt: Runtime) -> None:
        rt.turns.ports.agents = scripts.agents

    options: dict[str, Any] = {"local_base_url": "http://127.0.0.1:9", "local_model": "demo", **settings}
    with TestServer(folder, url, alter=alter, rate_limits="off", **options) as running:
        yield running


class Person:
    """Somebody with a conversation."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self.project = make_project(client)
        self.workspace = make_workspace(client, self.project, name="main")
        self.conversation = self.begin()

    def begin(self) -> str:
        """Make one more conversation in the same workspace."""
        made = ok(self.client.post("/v1/conversations", json={"workspace_id": self.workspace}))
        return str(made["conversation"]["id"])

    def path(self, tail: str = "", conversation: str | None = None) -> str:
        return f"/v1/conversations/{conversation or self.conversation}{tail}"

    def send(self, prompt: str, conversation: str | None = None) -> dict[str, Any]:
        return dict(ok(self.client.post(self.path("/messages", conversation), json={"prompt": prompt})))

    def get(self, tail: str, **query: Any) -> Any:
        return ok(self.client.get(self.path(tail), params=query))

    def messages(self) -> list[dict[str, Any]]:
        return list(self.get("/messages")["messages"])


def die() -> None:
    """Kill this process, as `kill -9` does."""
    os.kill(os.getpid(), signal.SIGKILL)


class DyingCopies:
    """Working copies whose process dies at a call (`before collect`, `after settle`), once a file says that it shall.

    Whoever starts the next server takes the file away.
    """

    def __init__(self, copies: WorkingCopies, moment: str, armed: Path) -> None:
        self._copies, self._armed = copies, armed
        self._when, self._call = moment.split()

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._copies, name)
        if name != self._call:
            return real

        def call(*arguments: Any, **options: Any) -> Any:
            if self._when == "before" and self._armed.exists():
                die()
            found = real(*arguments, **options)
            if self._armed.exists():
                die()
            return found

        return call


def by_prompt_and_dying(moment: str, armed: Path, rt: Runtime) -> None:
    """Give a server such agents, and working copies at whose calls it dies."""
    by_prompt(rt)
    rt.turns.ports.copies = cast(WorkingCopies, DyingCopies(rt.turns.ports.copies, moment, armed))


def by_prompt(rt: Runtime) -> None:
    """Give a server agents that do what a prompt says, word by word.

    `write NAME` writes a file, `ask` asks, `hang` waits for ever, `die` kills the server, any other word is said.
    """

    def steps(job: AgentJob) -> Sequence[Step]:
        words = job.prompt.split()
        if job.resumption is not None:
            answers = job.resumption.answers
            return (
                f"resumed with {answers[0][0]}." if answers else "resumed without.",
                *_steps(words[words.index("ask") + 1 :]),
            )
        return _steps(words)

    rt.turns.ports.agents = ScriptedAgents(steps)


def _steps(words: Sequence[str]) -> list[Step]:
    found: list[Step] = []
    named = iter(words)
    for word in named:
        if word == "write":
            name = next(named)
            found.append(Write(name, f"{name}\n"))
        elif word == "ask":
            found.append(Ask((Inquiry("Which?", "Which", [Option("this"), Option("that")], custom=True),)))
        elif word == "hang":
            found.append(Wait(asyncio.Event()))
        elif word == "die":
            found.append(lambda _: die())
        else:
            found.append(f"{word} ")
    return found
