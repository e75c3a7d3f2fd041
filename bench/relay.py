"""Relaying a model's answer: by `POST /v1/chats/:id/run`, through LiteLLM's proxy, and from the provider itself."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from bench.first_token import provider
from bench.peers import LITELLM, litellm
from bench.report import Report, at_least, at_most, median
from bench.servers import Process, serving

TITLE = "relaying a model's answer, against LiteLLM's proxy"
SHORT_RUNS, LONG_RUNS, WARM_UP = 30, 7, 5
SHORT, LONG = 20, 2_000
QUESTIONS = {SHORT: "Say a few words, please.", LONG: "Say many words, please."}
Ask = Callable[[str], Iterator[bytes]]


@dataclass
class Way:
    """One way to ask: how, the bytes that tell a token in what is read, and the process in between, if any."""

    ask: Ask
    mark: bytes
    relay: Process | None
    first: list[float] = field(default_factory=list)
    rate: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def short(self) -> None:
        """Ask for a short answer; keep the seconds to its first token."""
        parts = self.ask(QUESTIONS[SHORT])
        started, first = time.perf_counter(), 0.0
        for part in parts:
            if not first and self.mark in part:
                first = time.perf_counter() - started
        self.first.append(first)

    def long(self) -> None:
        """Ask for a long answer; keep tokens a second, and what the relay used of processors, in µs a token."""
        parts = self.ask(QUESTIONS[LONG])
        before, started = self.relay.processor_seconds() if self.relay else 0.0, time.perf_counter()
        answer = b"".join(parts)
        self.rate.append(LONG / (time.perf_counter() - started))
        if answer.count(self.mark) != LONG:
            raise RuntimeError(f"not {LONG} tokens, but {answer.count(self.mark)}")
        if self.relay:
            self.processor.append((self.relay.processor_seconds() - before) / LONG * 1e6)


def run() -> Report:
    """Measure and report."""
    report = Report()
    with ways() as found:
        for work, runs in ((Way.short, SHORT_RUNS), (Way.long, LONG_RUNS)):
            for number in range(WARM_UP + runs):
                for way in found.values():
                    work(way)
                if number == WARM_UP - 1:
                    for way in found.values():
                        (way.first if work is Way.short else way.rate).clear()
                        way.processor.clear()
    report.table(
        ["through", "first token, ms", "tokens/s", "processor time of the relay, µs a token"],
        [[name, *_figures(way)] for name, way in found.items()],
    )
    headlines(report, found)
    report.note(
        f"Medians of {SHORT_RUNS} answers of {SHORT} tokens and {LONG_RUNS} of {LONG:,}, in turn, connections kept "
        "open; a loopback provider sends one token in each event, as fast as it can. Ours makes the prompt from the "
        "chat, and stores run, events and answer; the proxy relays."
    )
    return report


def headlines(report: Report, found: dict[str, Way]) -> None:
    """Tell ours against the proxy."""
    mine, peer = found["Asterism"], found.get("LiteLLM")
    if peer is None:
        report.absent("first token of a relayed answer", f"{median(mine.first) * 1000:.1f} ms", "LiteLLM", at_most(1))
        return
    for work, unit, scale, ours, theirs, aim in (
        ("first token of a relayed answer", "ms", 1000, mine.first, peer.first, at_most(1)),
        ("relayed tokens", "a second", 1, mine.rate, peer.rate, at_least(1)),
        ("processor time of a relayed token", "µs", 1, mine.processor, peer.processor, at_most(1)),
    ):
        figures = [f"{median(each) * scale:,.0f} {unit}" for each in (ours, theirs)]
        ratio = median([one / other for one, other in zip(ours, theirs, strict=True)])
        report.against(work, figures[0], f"LiteLLM, {figures[1]}", ratio, aim)


def _figures(way: Way) -> list[str]:
    processor = f"{median(way.processor):.0f}" if way.processor else "-"
    return [f"{median(way.first) * 1000:.1f}", f"{median(way.rate):,.0f}", processor]


@contextmanager
def ways() -> Iterator[dict[str, Way]]:
    """Run the provider and the relays; yield the ways to ask by name."""
    with ExitStack() as stack:
        base = stack.enter_context(provider())
        # no two alike in turn: LiteLLM ends an answer that repeats itself
        pieces = {text: [{"chunks": [f" word{n}" for n in range(number)]}] for number, text in QUESTIONS.items()}
        httpx.post(f"{base.removesuffix('/v1')}/__fake__/scenario", json=pieces).raise_for_status()
        client = stack.enter_context(httpx.Client(timeout=120, trust_env=False))
        found = {"the provider itself": Way(completions(client, base), b'" word', None)}
        if LITELLM.exists():
            proxy = stack.enter_context(litellm(base))
            found["LiteLLM"] = Way(completions(client, f"{proxy.url}/v1"), b'" word', proxy)
        settings = {"ASTERISM_LOCAL_BASE_URL": base, "ASTERISM_LOCAL_MODEL": "demo"}
        ours = stack.enter_context(serving(settings=settings))
        found["Asterism"] = Way(chats(stack.enter_context(ours.client())), b"token.delta", ours)
        yield found


def completions(client: httpx.Client, base: str) -> Ask:
    """Ask on OpenAI's wire."""

    def ask(question: str) -> Iterator[bytes]:
        body = {"model": "demo", "stream": True, "messages": [{"role": "user", "content": question}]}
        return received(client, f"{base}/chat/completions", body)

    return ask


def chats(client: httpx.Client) -> Ask:
    """Ask in a new chat each time, so that no answer is part of a later question; it is made before the clock runs."""
    project = client.post("/v1/projects", json={"name": "bench"}).raise_for_status().json()["project"]["id"]

    def ask(question: str) -> Iterator[bytes]:
        body = {"title": "bench"}  # an untitled one would have the model asked for a title
        made = client.post(f"/v1/projects/{project}/chats", json=body).raise_for_status().json()["chat"]["id"]
        message = {"role": "user", "content": question}
        client.post(f"/v1/chats/{made}/messages", json=message).raise_for_status()
        return received(client, f"/v1/chats/{made}/run", {})

    return ask


def received(client: httpx.Client, url: str, body: Any) -> Iterator[bytes]:
    """Yield what arrives; the request begins when the first of it is asked for."""
    with client.stream("POST", url, json=body) as answer:
        answer.raise_for_status()
        yield from answer.iter_raw()
