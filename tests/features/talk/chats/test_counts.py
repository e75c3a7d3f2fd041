"""What lists of chats tell of their messages."""

from asterism.base.clock import ManualClock
from asterism.features.accounts import identity
from asterism.features.accounts.identity import Caller
from asterism.features.talk import chats
from asterism.features.talk.chats import MessageCounts
from asterism.features.versions import projects
from asterism.kernel.db import Database


def test_messages_are_counted_and_what_was_only_reserved_is_not(db: Database, clock: ManualClock) -> None:
    with db.write() as tx:
        caller = Caller(identity.add_user(tx, "a@example.com").id, "token", "session", "web")
        project = projects.create_project(tx, caller, name="P")
        empty, other, asked = (chats.create_chat(tx, caller, project.id).id for _ in range(3))
        chats.post_message(tx, caller, other, role="user", content="one")
        for word in ("two", "three"):
            clock.advance(1)
            newest = chats.post_message(tx, caller, asked, role="user", content=word)
        clock.advance(1)
        chats.reserve_answer(tx, chats.get_chat(tx, caller, asked, lock=True))
        found = chats.message_counts(tx, [empty, asked])
    assert found == {empty: MessageCounts(0, None), asked: MessageCounts(2, newest.created_at)}
