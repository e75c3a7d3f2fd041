"""What is active or counted in a talk is found in an index: it costs the same in a long talk as in a short one."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from asterism.features.talk.chats import store as chats
from asterism.features.talk.conversations import store as conversations
from asterism.features.talk.runs import store as runs
from asterism.kernel.db import Database, Tx

ACTIVE_TURNS = "ix_conversation_messages_active"
ACTIVE_IN_ONE = "ix_conversation_messages_conversation_id_active"
CASES: dict[str, tuple[Callable[[Tx], object], str]] = {
    "turns of a conversation": (lambda tx: conversations.active(tx, "c"), ACTIVE_IN_ONE),
    "turns of everybody": (conversations.unfinished, ACTIVE_TURNS),
    "turns that may begin": (lambda tx: conversations.startable(tx, 5), ACTIVE_TURNS),
    "quiet conversations": (conversations.quiet, ACTIVE_IN_ONE),
    "completed turns": (lambda tx: conversations.count_completed(tx, "c"), "ix_conversation_messages_counted"),
    "what lists show": (lambda tx: conversations.views(tx, "u"), "ix_conversation_messages_counted"),
    "messages of chats": (lambda tx: chats.counts(tx, ["c"]), "ix_messages_counted"),
    "answers of a chat": (lambda tx: chats.count_answers(tx, "c"), "ix_messages_counted"),
    "runs of chats": (lambda tx: runs.active_ids(tx, ["c"]), "uq_runs_active_chat"),
    "the run of a chat": (lambda tx: runs.active_of_chat(tx, "c"), "uq_runs_active_chat"),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_index_answers(db: Database, name: str) -> None:
    asked, index = CASES[name]
    statements: list[tuple[str, object]] = []

    def note(_connection: object, _cursor: object, statement: str, values: object, *_: object) -> None:
        statements.append((statement, values))

    sa.event.listen(db.engine, "before_cursor_execute", note)
    with db.read() as tx:
        asked(tx)
    sa.event.remove(db.engine, "before_cursor_execute", note)
    statement, values = statements[-1]
    with db.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()  # type: ignore[arg-type]
    assert any(f"INDEX {index} " in f"{step[-1]} " for step in plan), plan
