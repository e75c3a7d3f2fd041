"""What is active or counted in a talk is found in an index: it costs the same in a long talk as in a short one."""

from collections.abc import Callable
from typing import Any, ClassVar

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
    "messages of chats": (lambda tx: chats.counts(tx, ["c"]), "sqlite_autoindex_messages_2"),
    "answers of a chat": (lambda tx: chats.count_answers(tx, "c"), "ix_messages_counted"),
    "runs of chats": (lambda tx: runs.active_ids(tx, ["c"]), "uq_runs_active_chat"),
    "the run of a chat": (lambda tx: runs.active_of_chat(tx, "c"), "uq_runs_active_chat"),
}


class Driver:
    """A driver that notes what it is asked by itself."""

    def __init__(self, driver: Any, note: Callable[[str, object], None]) -> None:
        self._driver, self._note = driver, note

    def execute(self, statement: str, values: object) -> Any:
        self._note(statement, values)
        return self._driver.execute(statement, values)


class NotingTx(Tx):
    """A transaction that notes its statements, those of SQLAlchemy and those that go past it."""

    statements: ClassVar[list[tuple[str, object]]] = []

    @property
    def driver(self) -> Any:
        return Driver(super().driver, lambda *statement: self.statements.append(statement))


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_index_answers(db: Database, name: str) -> None:
    asked, index = CASES[name]
    NotingTx.statements.clear()

    def note(_connection: object, _cursor: object, statement: str, values: object, *_: object) -> None:
        NotingTx.statements.append((statement, values))

    sa.event.listen(db.engine, "before_cursor_execute", note)
    with db.read() as tx:
        asked(NotingTx(tx.connection, tx.clock))
        sa.event.remove(db.engine, "before_cursor_execute", note)
        statement, values = NotingTx.statements[-1]
        plan = tx.driver.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
    assert any(f"INDEX {index} " in f"{step[-1]} " for step in plan), plan
