"""What is said is read by the server itself, after every fifth answer of a conversation or a chat."""

import asyncio
import json

import pytest

from asterism.base.ids import ulid
from asterism.features.insight import decisions
from asterism.features.insight.extraction import Extractor
from asterism.features.talk import chats, conversations
from asterism.features.talk.conversations import turn_rows
from asterism.features.talk.conversations.models import CANCELLED, DONE
from asterism.features.versions import projects
from asterism.kernel.llm import ScriptedModels
from asterism.kernel.streams import DatabaseStreams
from tests.features.insight.conftest import Workshop

SAID = "We decided to use SQLite because it needs no server."


@pytest.fixture
def heard(workshop: Workshop) -> list[str]:
    """Return what is told of threads that are to be read."""
    found: list[str] = []
    for topic in (conversations.ANSWERED, chats.ANSWERED):
        workshop.db.listen(topic, found.append)
    return found


def converse(workshop: Workshop, *, turns: int) -> str:
    """Have an agent complete turns, and one more that is cancelled; return the conversation."""
    streams = DatabaseStreams(workshop.db)
    with workshop.db.write() as tx:
        made = conversations.create_conversation(tx, streams, workshop.caller, workshop.workspace).id
    for outcome in (CANCELLED, *[DONE] * turns):
        with workshop.db.write() as tx:
            turn = turn_rows.add_prompt(tx, streams, workshop.caller, made, SAID, crowded=False).turn
            assert turn_rows.end(tx, streams, turn.id, outcome)
    return made


def chat(workshop: Workshop, *, answers: int) -> str:
    """Have a model answer, and once in part; return the chat."""
    with workshop.db.write() as tx:
        made = chats.create_chat(tx, workshop.caller, workshop.project).id
        for number in range(answers + 1):
            chats.post_message(tx, workshop.caller, made, role="user", content=SAID)
            held = chats.lock_chat(tx, made)
            assert held is not None
            place, at = chats.reserve_answer(tx, held)
            chats.add_answer(tx, held, chats.Answer(ulid(), ulid(), place, "Yes.", number == 0, "m", 1, 1, None, at))
    return made


def found(workshop: Workshop) -> list[str]:
    with workshop.db.read() as tx:
        return [one.decision for one in decisions.list_decisions(tx, workshop.caller, workshop.project)]


def test_a_conversation_is_read_after_every_fifth_completed_turn(workshop: Workshop, heard: list[str]) -> None:
    made = converse(workshop, turns=4)
    assert heard == []
    made = converse(workshop, turns=11)
    assert heard == [made, made]
    item = {"decision": "SQLite it is.", "rationale": "", "category": "tech_choice"}
    workshop.models = ScriptedModels()
    workshop.models.play(json.dumps({"decisions": [item]}))
    extractor = Extractor(workshop.maps, workshop.advisor)
    assert asyncio.run(extractor.read_conversation(made)) == 1
    assert found(workshop) == ["SQLite it is."]


def test_a_chat_is_read_after_every_fifth_answer_without_a_model(workshop: Workshop, heard: list[str]) -> None:
    made = chat(workshop, answers=5)
    assert heard == [made]
    workshop.models = ScriptedModels()
    extractor = Extractor(workshop.maps, workshop.advisor)
    assert (asyncio.run(extractor.read_chat(made)), asyncio.run(extractor.read_chat(made))) == (1, 0)
    assert found(workshop) == [SAID]
    assert workshop.models.requests == []


def test_what_is_gone_meanwhile_is_passed_over(workshop: Workshop) -> None:
    made, talk = converse(workshop, turns=1), chat(workshop, answers=1)
    with workshop.db.write() as tx:
        projects.delete_project(tx, workshop.caller, workshop.project)
    extractor = Extractor(workshop.maps, workshop.advisor)
    for read in (extractor.read_conversation, extractor.read_chat):
        assert [asyncio.run(read(ident)) for ident in (made, talk, "none")] == [0, 0, 0]
