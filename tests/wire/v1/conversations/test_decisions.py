"""Decisions that agents and people came to in turns (Fastest 3.7)."""

from tests.support.sockets import Stream
from tests.support.trees import ok, push
from tests.support.turns import Person, Scripts


def test_decisions_of_a_turn_are_found_and_linked(person: Person, scripts: Scripts) -> None:
    push(person.client, person.project, person.workspace, {"app/store.py": b"x = 1\n"})
    scripts["Which database?"] = ("We will use ", "SQLite in `store.py`, since it needs no server. ", "More?")
    with Stream(person.client, person.conversation) as stream:
        person.send("Which database?")
        stream.until("message_complete")
    base = f"/v1/projects/{person.project}/decisions"
    wanted = {"conversation_id": person.conversation, "messages_per_conversation": 4}
    [made] = ok(person.client.post(f"{base}/extract", json=wanted))["decisions"]
    assert made["decision"] == "We will use SQLite in `store.py`, since it needs no server."
    assert (made["conversation_id"], made["rationale"]) == (person.conversation, "it needs no server")
    [listed] = ok(person.client.get(base, params={"include_links": "true"}))["decisions"]
    assert [link["concept_id"] for link in listed["links"]] == ["code:app/store.py"]
