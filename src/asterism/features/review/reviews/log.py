"""Writing the log of a review: the one place where what happens becomes events, stamped and in order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from asterism.base.clock import Clock, stamp
from asterism.features.review.findings import AGENTS, Issue, Lens
from asterism.features.review.inspection import Change, Outcome, Skip, counts, summary
from asterism.features.review.inspection.facts import CandidatePlaced, ChunkRead, Enriching, InspectionFact, LensBegan
from asterism.features.review.reviews import events
from asterism.features.review.reviews.events import ReviewEvent, Step
from asterism.features.review.reviews.file_events import file_events
from asterism.kernel.streams import Event, Fact, Streams

THOUGHT = 200  # characters
SKIPS = 50
_LENSES = {agent.id: lens for lens, agent in AGENTS.items()}


def stream_of(review_id: str) -> str:
    """Name the stream that holds a review's events."""
    return f"review:{review_id}"


@dataclass(slots=True)
class Progress:
    """What is open in a review: the step, and the lenses whose agents were introduced and are not done."""

    step: Step | None = None
    lenses: list[Lens] = field(default_factory=list)

    @classmethod
    def of(cls, log: Iterable[Event]) -> "Progress":
        """Read it out of a log."""
        progress = cls()
        for event in log:
            for kind in (events.StepStart, events.StepComplete, events.AgentStart, events.AgentComplete):
                fact = event.fact(kind)
                if fact is not None:
                    progress.note(fact)
        return progress

    def note(self, event: Fact) -> None:
        """Take in one event."""
        if isinstance(event, events.StepStart):
            self.step = event.step
        elif isinstance(event, events.StepComplete):
            self.step = None
        elif isinstance(event, events.AgentStart):
            self.lenses.append(event.agent.lens)
        elif isinstance(event, events.AgentComplete):
            self.lenses.remove(_LENSES[event.agent])

    def failed(self, code: str, message: str, now: str, word: str | None = None) -> list[ReviewEvent]:
        """Return the events that end a review that failed: open agents fail, then the step, then the review ([6.8]).

        `word` is what agents say instead of the whole message.
        """
        ended: list[ReviewEvent] = [_agent_complete(lens, 0, now, word or message) for lens in self.lenses]
        if self.step is not None:
            ended.append(events.StepError(self.step, message, now))
        return [*ended, events.ReviewError(events.Cause(message, code))]


class Log:
    """Appends the events of one review to its stream (default: `stream_of` its id), and remembers what is open."""

    def __init__(self, streams: Streams, review_id: str, clock: Clock, *, stream: str | None = None) -> None:
        self.review_id, self._stream = review_id, stream or stream_of(review_id)
        self.progress = Progress()
        self.readings = 0
        self._streams, self._clock = streams, clock

    def now(self) -> str:
        """Return the present as a stamp."""
        return stamp(self._clock.now())

    async def emit(self, event: ReviewEvent) -> None:
        """Append an event."""
        self.progress.note(event)
        await self._streams.append(self._stream, event)

    async def started(self) -> None:
        """Announce the review."""
        await self.emit(events.ReviewStarted(review_id=self.review_id, files_total=0, timestamp=self.now()))

    async def collected(self, files: int, skipped: Sequence[Skip], lenses: int) -> None:
        """Say what so many lenses will review."""
        self.readings = files * lenses
        await self.emit(
            events.ReviewStarted(
                review_id=self.review_id,
                files_total=files,
                files_skipped=len(skipped),
                skipped=tuple(skipped[:SKIPS]),
                timestamp=self.now(),
            )
        )

    async def begin(self, step: Step) -> None:
        """Open a step."""
        await self.emit(events.StepStart(step, self.now()))

    async def end(self, step: Step) -> None:
        """Close the open step."""
        await self.emit(events.StepComplete(step, self.now()))

    async def tell(self, fact: InspectionFact) -> None:
        """Write what happened while the change was inspected."""
        if isinstance(fact, LensBegan):
            noun = "file" if fact.files == 1 else "files"
            await self.emit(events.AgentStart(AGENTS[fact.lens], self.now()))
            await self._think(fact.lens, f"Reading {fact.files} changed {noun}")
        elif isinstance(fact, ChunkRead):
            for event in file_events(fact, self.now(), readings=self.readings):
                await self.emit(event)
        elif isinstance(fact, CandidatePlaced):
            issue = fact.issue
            await self.emit(events.IssuePreview(AGENTS[issue.lens].id, events.Preview.of(issue), self.now()))
        else:
            await self._think(fact.lens, fact.text)

    async def _think(self, lens: Lens, thought: str) -> None:
        await self.emit(events.AgentThinking(AGENTS[lens].id, thought[:THOUGHT], self.now()))

    async def enriching(self, fact: Enriching) -> None:
        """Write what is being learned about a final issue."""
        await self.emit(events.EnrichProgress(fact.issue.id, fact.kind, fact.status, self.now()))

    async def announce(self, change: Change, lenses: Sequence[Lens], outcome: Outcome, issues: Sequence[Issue]) -> None:
        """Write the final issues, the agents and the whole: events 9 to 11 of Stargazer 6.6."""
        for issue in issues:
            await self.emit(events.IssueFound(AGENTS[issue.lens].id, issue, self.now()))
        tally = counts(issues, lenses)
        by_lens = {status.lens_id: status for status in outcome.lenses}
        for lens, _, amount in tally:
            status = by_lens[lens]
            error = status.error if status.status == "failed" and isinstance(status.error, str) else None
            await self.emit(_agent_complete(lens, amount, self.now(), error))
        stats = [
            events.LensStat(lens, amount, by_lens[lens].status, by_lens[lens].coverage) for lens, _, amount in tally
        ]
        line = summary.agents_line([(name, amount) for _, name, amount in tally])
        await self.emit(events.OrchestratorComplete(line, len(issues), tuple(stats), len(change.files), self.now()))


def _agent_complete(lens: Lens, issues: int, now: str, error: str | None = None) -> events.AgentComplete:
    agent = AGENTS[lens].id
    if error is None:
        return events.AgentComplete(agent=agent, issue_count=issues, timestamp=now)
    return events.AgentComplete(agent=agent, issue_count=issues, status="failed", error=error, timestamp=now)
