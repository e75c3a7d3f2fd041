"""The rows of turns: their order and times, one end each, answers, and what a newcomer is told."""

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa

from asterism.base.clock import ManualClock
from asterism.base.errors import Invalid
from asterism.base.ids import ulid
from asterism.features.accounts import identity, usage
from asterism.features.accounts.identity import Caller
from asterism.features.talk import conversations
from asterism.features.talk.conversations import (
    Conversation,
    QuestionClosed,
    answer_rows,
    events,
    grants,
    store,
    tables,
    turn_rows,
)
from asterism.features.talk.conversations.costs import together
from asterism.features.talk.conversations.models import CANCELLED, DONE, Message, Outcome, Question, TurnUsage
from asterism.features.versions import projects, workspaces
from asterism.features.versions.workspaces import NewWorkspace
from asterism.kernel import agents
from asterism.kernel.db import Database, Tx
from asterism.kernel.streams import DatabaseStreams, Event

ASKED = agents.Question("que_1", "ses_1", [agents.Inquiry("Which?", "H", [agents.Option("a")], custom=False)])


class World:
    """Somebody with a conversation."""

    def __init__(self, db: Database) -> None:
        self.db, self.streams = db, DatabaseStreams(db)
        with db.write() as tx:
            user = identity.add_user(tx, f"{ulid().lower()}@example.org")
            self.caller = Caller(user.id, ulid(), "u", "cli")
            project = projects.create_project(tx, self.caller, name="P")
            workspace = workspaces.create_workspace(tx, self.caller, project.id, NewWorkspace(name="main"))
            self.conversation = conversations.create_conversation(tx, self.streams, self.caller, workspace.id)

    def prompt(self, text: str) -> Message:
        with self.db.write() as tx:
            return turn_rows.add_prompt(tx, self.streams, self.caller, self.conversation.id, text, crowded=False).turn

    def begin(self, turn: Message) -> tuple[Conversation, Message] | None:
        with self.db.write() as tx:
            return turn_rows.begin(tx, self.streams, self.conversation.id, turn.id)

    def end(self, turn: Message, outcome: Outcome) -> bool:
        with self.db.write() as tx:
            return turn_rows.end(tx, self.streams, turn.id, outcome)

    def taken_over(self, turn: Message) -> None:
        """Note that the files of a turn are in the workspace."""
        with self.db.write() as tx:
            store.update_message(tx, turn.id, {"collecting": False})

    def messages(self) -> list[Message]:
        with self.db.read() as tx:
            return conversations.list_messages(tx, self.caller, self.conversation.id, limit=100)[0]

    def log(self) -> list[Event]:
        with self.db.read() as tx:
            return self.streams.read_after(tx, self.conversation.stream, 0)

    def run(self, work: Any) -> Any:
        with self.db.write() as tx:
            return work(tx)


@pytest.fixture
def world(db: Database) -> World:
    return World(db)


def test_times_rise_though_the_clock_goes_back(world: World, clock: ManualClock) -> None:
    for number in range(3):
        world.prompt(f"p{number}")
        clock.advance(-3600)
    times = [one.created_at for one in world.messages()]
    assert times == sorted(set(times))


def test_turns_begin_one_by_one_in_order_and_after_their_files(world: World) -> None:
    first, second = world.prompt("1"), world.prompt("2")
    assert world.begin(second) is None
    assert world.begin(first) is not None
    assert world.begin(first) is None
    assert world.begin(second) is None
    assert world.end(first, DONE)
    assert world.begin(second) is None
    world.taken_over(first)
    assert world.begin(second) is not None


def test_what_all_attempts_of_a_turn_took_is_kept_with_it_and_reported_once(world: World) -> None:
    turn = world.prompt("1")
    world.begin(turn)
    world.run(lambda tx: answer_rows.ask(tx, world.streams, turn, ASKED))
    first, second = TurnUsage("p:old", 10, 5, 2, 1, 700), TurnUsage("p:m", 1, 2, 0, 0, 30)
    world.run(lambda tx: turn_rows.park_or_fail(tx, world.streams, turn.id, used=first))
    for _ in range(2):
        world.run(lambda tx: turn_rows.end(tx, world.streams, turn.id, DONE, used=second))
    both = TurnUsage("p:m", 11, 7, 2, 1, 730)
    assert world.messages()[-1].usage == both
    assert together(both, TurnUsage("p:free", 0, 0, 0, 0, None)) == TurnUsage("p:free", 11, 7, 2, 1, None)
    _, _, total, [group] = world.run(lambda tx: usage.report(tx, world.caller, first=None, last=None, by="chat"))
    assert total == group.spent == usage.Spent(1, 11, 7, 2, 1, 730)
    assert world.run(lambda tx: conversations.titles_of(tx, [group.key, "gone"])) == {world.conversation.id: "1"}


def test_a_workspace_is_known_to_have_a_running_turn(world: World) -> None:
    place = world.conversation.workspace_id
    turn = world.prompt("1")
    seen = [world.run(lambda tx: store.runs_in(tx, place))]
    world.begin(turn)
    seen.append(world.run(lambda tx: store.runs_in(tx, place)))
    assert not world.run(lambda tx: store.runs_in(tx, "another"))
    world.end(turn, DONE)
    seen.append(world.run(lambda tx: store.runs_in(tx, place)))
    assert seen == [False, True, False]


@pytest.mark.parametrize("outcome", [DONE, CANCELLED, Outcome("failed", "why")])
def test_a_turn_ends_once(world: World, outcome: Outcome) -> None:
    turn = world.prompt("1")
    world.begin(turn)
    assert world.end(turn, outcome)
    assert not world.end(turn, CANCELLED)
    assert not world.end(turn, DONE)
    kinds = [event.type for event in world.log()]
    assert kinds.count("message_complete") == 1
    assert kinds.count("error") == (outcome.status == "failed")
    assert world.messages()[-1].status == outcome.status
    assert world.messages()[-1].content == {"completed": "Done.", "cancelled": "Cancelled."}.get(
        outcome.status, "The run failed: why"
    )


def test_a_turn_that_asks_is_parked_and_others_fail(world: World) -> None:
    turn = world.prompt("1")
    world.begin(turn)
    question = world.run(lambda tx: answer_rows.ask(tx, world.streams, turn, ASKED))
    world.run(lambda tx: turn_rows.park_or_fail(tx, world.streams, turn.id))
    parked = world.messages()[-1]
    assert (parked.status, parked.parked) == ("running", True)
    assert world.begin(turn) is None

    def answer(tx: Tx, *texts: str) -> Any:
        return answer_rows.close(tx, world.streams, world.caller, world.conversation.id, question.id, [texts])

    with pytest.raises(Invalid):
        world.run(lambda tx: answer(tx, "b"))
    assert world.run(lambda tx: answer(tx, "a")) == world.run(lambda tx: answer(tx, "a"))
    with pytest.raises(QuestionClosed):
        world.run(
            lambda tx: answer_rows.close(tx, world.streams, world.caller, world.conversation.id, question.id, None)
        )
    begun = world.begin(turn)
    assert begun is not None
    assert begun[1].attempt == 2
    world.run(lambda tx: turn_rows.park_or_fail(tx, world.streams, turn.id))
    assert world.messages()[-1].error == "The server restarted during this turn"


def test_a_refused_answer_opens_the_question_again(world: World) -> None:
    turn = world.prompt("1")
    world.begin(turn)
    question = world.run(lambda tx: answer_rows.ask(tx, world.streams, turn, ASKED))
    close = answer_rows.close
    closed = world.run(lambda tx: close(tx, world.streams, world.caller, world.conversation.id, question.id, [["a"]]))
    world.run(lambda tx: answer_rows.reopen(tx, world.streams, closed))
    with world.db.read() as tx:
        [again] = conversations.list_questions(tx, world.caller, world.conversation.id, only_open=True)
    assert (again.id, again.answers) == (question.id, None)
    world.end(turn, CANCELLED)
    told = [event.fact(events.AgentTold) for event in world.log()]
    assert [one.kind for one in told if one is not None] == [
        "question.asked",
        "question.replied",
        "question.asked",
        "question.rejected",
    ]


def test_old_frames_go_but_a_thousand_stay(world: World, clock: ManualClock) -> None:
    def tell(count: int) -> None:
        frames = [events.WarningFrame(str(number)) for number in range(count)]
        world.run(lambda tx: world.streams.append_in(tx, world.conversation.stream, *frames))

    tell(500)
    clock.advance(31 * 24 * 3600)
    world.run(lambda tx: conversations.prune_logs(tx, world.streams))
    assert len(world.log()) == 500
    tell(900)
    world.run(lambda tx: conversations.prune_logs(tx, world.streams))
    assert [world.log()[0].seq, len(world.log())] == [401, 1000]
    with world.db.read() as tx:
        page = conversations.read_log(tx, world.streams, world.caller, world.conversation.id, after=399, limit=10)
        assert page[2] is True
        page = conversations.read_log(tx, world.streams, world.caller, world.conversation.id, after=400, limit=10)
        assert page[2] is False
    asyncio.run(world.streams.stop())


def test_twenty_prompts_wait_at_most(world: World) -> None:
    for number in range(20):
        world.prompt(f"{number}")
    with pytest.raises(conversations.QueueFull):
        world.prompt("one more")


def test_a_workspace_has_a_thousand_conversations(world: World) -> None:
    def copies(tx: Tx, count: int, name: str) -> None:
        row = tx.one(sa.select(tables.conversations))
        tx.execute(sa.insert(tables.conversations), [{**(row or {}), "id": f"{name}{n}"} for n in range(count)])

    def one_more(tx: Tx) -> Conversation:
        return conversations.create_conversation(tx, world.streams, world.caller, world.conversation.workspace_id)

    world.run(lambda tx: copies(tx, 998, "c"))
    world.run(one_more)
    with pytest.raises(conversations.TooManyConversations):
        world.run(one_more)


@pytest.mark.parametrize(("count", "words"), [(50, "names no env var"), (51, "at most 50")])
def test_fifty_grants_are_looked_at(world: World, count: int, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        world.run(lambda tx: grants.check_grants(tx, world.conversation.project_id, ["env:NONE"] * count))


def test_an_answer_has_4000_characters() -> None:
    asked = Question("q", "c", "m", "que", "ses", (agents.Inquiry("Which?", "H", []),), "pending", None, "now")
    answer_rows.check_answers(asked, (("x" * 4000,),))
    with pytest.raises(Invalid, match="1 to 4000"):
        answer_rows.check_answers(asked, (("x" * 4001,),))
