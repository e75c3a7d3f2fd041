"""Connections and transactions over SQLite and PostgreSQL, with one behaviour."""

import asyncio
import os
import stat
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property, partial
from operator import itemgetter
from pathlib import Path
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, CursorResult, Engine
from sqlalchemy.exc import DBAPIError, OperationalError

from asterism.base.clock import Clock, SystemClock, stamp
from asterism.base.errors import ShuttingDown, Unavailable
from asterism.kernel.db.resting import Remembered, Resting, driver_of

P = ParamSpec("P")
R = TypeVar("R")
Dialect = Literal["sqlite", "postgresql"]
RowDict = dict[str, Any]
Listeners = dict[str, list[Callable[[str], None]]]
Writer = Callable[["Tx", str, list[Any]], None]

READERS = 4
BUSY_SECONDS = 30


class Tx:
    """One open transaction, as a use case sees it. Never committed or rolled back by its user."""

    def __init__(
        self,
        connection: Connection,
        clock: Clock,
        listeners: Listeners | None = None,
        resting: Resting | None = None,
    ) -> None:
        self.connection = connection
        self._resting = resting
        self.clock = clock
        self.dialect: Dialect = "postgresql" if connection.dialect.name == "postgresql" else "sqlite"
        self._after_commit: list[Callable[[], None]] = []
        self._listeners: Listeners = listeners or {}
        self._told: set[tuple[str, str]] = set()
        self._left: dict[tuple[str, Writer], list[Any]] = {}

    @cached_property
    def driver(self) -> Any:
        """The driver's own connection, for what is asked without SQLAlchemy (`prepared.py`)."""
        return driver_of(self.connection)

    @cached_property
    def _remembered(self) -> Remembered:
        return {} if self._resting is None else self._resting.remembered()

    def recall(self, about: tuple[str, str], read: Callable[[], R | None]) -> R | None:
        """Return what `read` does, or what it did in an earlier transaction, where nobody has committed anything since.

        So it must depend on the database and on `about` alone. Transactions that write, and PostgreSQL, ask anew.
        None is not remembered.
        """
        found: R | None = self._remembered.get(about)
        if found is None and (found := read()) is not None:
            self._remembered[about] = found
        return found

    def now(self) -> str:
        """Return the present as a stamp (`base.clock`)."""
        return stamp(self.clock.now())

    def execute(
        self, statement: sa.Executable, rows: Sequence[Mapping[str, Any]] | Mapping[str, Any] | None = None
    ) -> CursorResult[Any]:
        """Run any statement; `rows` are its parameters (many for executemany)."""
        result: CursorResult[Any] = self.connection.execute(statement, rows)
        return result

    def one(self, statement: sa.Executable) -> RowDict | None:
        """Return the first row by column name, or None."""
        result = self.execute(statement)
        row = result.first()
        return None if row is None else dict(zip(result.keys(), row, strict=True))

    def all(self, statement: sa.Executable) -> list[RowDict]:
        """Return all rows by column name."""
        result = self.execute(statement)
        names = tuple(result.keys())  # a third of the time of SQLAlchemy's own mappings
        return [dict(zip(names, row, strict=True)) for row in result.all()]

    def scalar(self, statement: sa.Executable) -> Any:
        """Return the first column of the first row, or None."""
        return self.execute(statement).scalar()

    def take_turns(self, *about: str) -> None:
        """Wait until no other transaction holds this name, then hold it until the end of this one.

        For what a rule counts or compares before it writes: everybody who may break that rule takes turns first, before
        reading. Names are parts that say about what, as `("workspaces", project_id)`. SQLite has one writer anyway.
        """
        if self.dialect == "postgresql":
            name = sa.func.hashtextextended("/".join(about), 0)
            self.execute(sa.select(sa.func.pg_advisory_xact_lock(name)))

    def leave_to_end(self, write: Writer, about: str, item: Any) -> None:
        """Have `write(tx, about, items)` called right before the commit, with all that was left for this name.

        For rows that many transactions write, as the end of a log: they are locked for a moment only, after every other
        row and in the order of their names, so that nobody waits in a circle.
        """
        self._left.setdefault((about, write), []).append(item)

    def write_left(self) -> None:
        """Write what was left to the end; called by the database alone."""
        for about, write in sorted(self._left, key=itemgetter(0)):
            write(self, about, self._left[about, write])
        self._left.clear()

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Call `callback` once the commit is durable; not at all when it is rolled back. It must not raise."""
        self._after_commit.append(callback)

    def tell(self, topic: str, about: str) -> None:
        """Wake who listens to `topic` (`Database.listen`) once the commit is durable, once for each `about`.

        A hint and no record: it is lost with the process, so whoever listens also looks for what it missed.
        """
        if (topic, about) not in self._told:
            self._told.add((topic, about))
            for listener in self._listeners.get(topic, ()):
                self.after_commit(partial(listener, about))

    def committed(self) -> None:
        """Run the callbacks; called by the database alone."""
        for callback in self._after_commit:
            callback()


class Database:
    """A database with transactions; safe to use from many threads and from asyncio.

    Writes of one SQLite file are serialised inside the process by a lock (so they queue fairly instead of polling) and
    between processes by SQLite itself, for which a writer waits up to 30 s. Everything acknowledged is on disk:
    SQLite runs with `synchronous=FULL`.
    """

    def __init__(self, engine: Engine, clock: Clock | None = None) -> None:
        self.engine = engine
        self.clock = clock or SystemClock()
        self.dialect: Dialect = "postgresql" if engine.dialect.name == "postgresql" else "sqlite"
        single = self.dialect == "sqlite"
        self._listeners: Listeners = {}
        self._write_lock: threading.Lock | None = threading.Lock() if single else None
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="db-read")
        self._resting: list[Resting] = []
        self._closed = False
        self._writers = ThreadPoolExecutor(1 if single else READERS, thread_name_prefix="db-write")

    def read(self) -> AbstractContextManager[Tx]:
        """Open a transaction that sees one snapshot of the data. Raises Unavailable when the database is down."""
        return self._read_sqlite() if self.dialect == "sqlite" else self._read_pooled()

    @contextmanager
    def _read_pooled(self) -> Iterator[Tx]:
        """Read on a connection of the pool, which looks whether it broke since its last use."""
        with _translated(), self.engine.connect() as connection:
            connection.execution_options(isolation_level="REPEATABLE READ")  # else each query sees a later moment
            with connection.begin():
                yield Tx(connection, self.clock)

    @contextmanager
    def _read_sqlite(self) -> Iterator[Tx]:
        """Read on a connection at rest, in a transaction that the driver begins and ends.

        Getting one from the pool, and a beginning by SQLAlchemy, cost as much as a query each. What is asked through
        SQLAlchemy begins a transaction too, as far as that knows, but nothing is sent for it.
        """
        try:
            resting = self._resting.pop()
        except IndexError:
            with _translated():
                resting = Resting(self.engine.connect().execution_options(asterism_begin=None))
        connection, driver, well = resting.connection, resting.driver, False
        try:
            driver.execute("BEGIN")
            yield Tx(connection, self.clock, resting=resting)
            if connection.in_transaction():
                connection.commit()
            else:
                driver.execute("COMMIT")
            well = True
        except DBAPIError as error:
            if (meant := _unavailable(error)) is None:
                raise
            raise meant from error
        finally:
            if well and len(self._resting) < READERS:
                self._resting.append(resting)
            else:
                connection.close()

    @contextmanager
    def write(self) -> Iterator[Tx]:
        """Open a transaction that may write; it holds the write lock of SQLite from its first moment.

        Raises Unavailable when the database is down, locked for too long, or its disk is full; then nothing is written.
        """
        lock = self._write_lock
        if lock is not None:
            lock.acquire()
        try:
            with _translated(), self.engine.connect() as connection:
                connection.execution_options(asterism_begin="BEGIN IMMEDIATE")
                with connection.begin():
                    tx = Tx(connection, self.clock, self._listeners)
                    yield tx
                    tx.write_left()
        finally:
            if lock is not None:
                lock.release()
        tx.committed()

    def listen(self, topic: str, listener: Callable[[str], None]) -> None:
        """Call `listener` after each commit that told of `topic`, in the thread of the commit.

        It must be quick and not raise. Said by the composition root, before anything runs.
        """
        self._listeners.setdefault(topic, []).append(listener)

    async def run(self, fn: Callable[Concatenate[Tx, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run `fn(tx, …)` in a worker thread inside one writing transaction and return its result."""
        return await self._hop(self._writers, self.write, fn, *args, **kwargs)

    async def run_read(self, fn: Callable[Concatenate[Tx, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run `fn(tx, …)` in a worker thread inside one reading transaction and return its result."""
        return await self._hop(self._readers, self.read, fn, *args, **kwargs)

    async def run_quick(self, fn: Callable[[Tx], R]) -> R:
        """Do what `run_read` does, for what was measured to be shorter than the way to another thread and back.

        In SQLite it runs at once in this thread, which waits for it: readers of a WAL wait for nobody.
        """
        if self.dialect != "sqlite":
            return await self.run_read(fn)
        if self._closed:
            raise ShuttingDown
        with self.read() as tx:
            return fn(tx)

    async def _hop(
        self, pool: ThreadPoolExecutor, begin: Callable[[], Any], fn: Callable[..., R], *args: Any, **kwargs: Any
    ) -> R:
        """Run in a worker thread. Raises ShuttingDown once the database is closed."""

        def work() -> R:
            with begin() as tx:
                return fn(tx, *args, **kwargs)

        try:
            hop = asyncio.get_running_loop().run_in_executor(pool, work)
        except RuntimeError:  # the pool was shut down
            raise ShuttingDown from None
        return await hop

    def check(self) -> list[str]:
        """Return what is wrong with the file and with references between rows; PostgreSQL keeps both by itself."""
        if self.dialect != "sqlite":
            return []
        with self.read() as tx:
            problems = [str(row["integrity_check"]) for row in tx.all(sa.text("PRAGMA integrity_check(20)"))]
            broken = tx.all(sa.text("PRAGMA foreign_key_check"))[:20]
        problems += [f"a row of {row['table']} refers to one of {row['parent']} that is not there" for row in broken]
        return [problem for problem in problems if problem != "ok"]

    def close(self) -> None:
        """Wait for running transactions and close every connection."""
        self._closed = True
        self._readers.shutdown(wait=True)
        self._writers.shutdown(wait=True)
        while self._resting:
            self._resting.pop().connection.close()
        self.engine.dispose()


def open_database(url: str, *, clock: Clock | None = None) -> Database:
    """Open `sqlite:///FILE` or `postgresql://…`. The schema is brought up to date by `migrate.upgrade`, not here."""
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
        engine = sa.create_engine(url, pool_size=READERS * 3, max_overflow=READERS, pool_pre_ping=True)
        return Database(engine, clock)
    path = sa.make_url(url).database
    if not path:
        raise ValueError("an SQLite database needs a file")
    _make_private(Path(path))
    engine = sa.create_engine(url, pool_size=READERS * 3, max_overflow=READERS, connect_args={"timeout": BUSY_SECONDS})
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return Database(engine, clock)


def _make_private(path: Path) -> None:
    """Make the file of a database, or close it, so that only its owner can read it and the files SQLite puts beside it.

    Raises Unavailable when the folder or the file cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            path.chmod(0o600)
    except OSError as error:
        raise Unavailable(f"The database {path} cannot be opened: {error.strerror}.") from error


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun by us, with the right kind of lock
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA temp_store=MEMORY")
    cursor.execute("PRAGMA cache_size=-8000")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # straight to the driver: SQLAlchemy's own execution would cost as much as a small query
    begin = connection.get_execution_options().get("asterism_begin", "BEGIN")
    if begin is not None:
        driver_of(connection).execute(begin)


@contextmanager
def _translated() -> Iterator[None]:
    """Turn a database that is down, locked or out of disk into `Unavailable`; everything else stays what it is."""
    try:
        yield
    except DBAPIError as error:
        meant = _unavailable(error)
        if meant is None:
            raise
        raise meant from error


def _unavailable(error: DBAPIError) -> Unavailable | None:
    """Say what is the matter with the database, None when the statement itself is at fault."""
    text = str(error.orig).lower()
    if any(sign in text for sign in ("is full", "disk i/o", "no space", "disk full")):
        return Unavailable("The server's disk is full; nothing was written.", hint="Free some space and try again.")
    if any(sign in text for sign in ("is locked", "is busy", "lock timeout")):
        return Unavailable("The database is busy; nothing was written.", hint="Try again in a moment.")
    if any(sign in text for sign in ("malformed", "not a database", "file is encrypted")):
        return Unavailable(
            "The database is damaged; nothing was written.",
            hint="Restore the data folder from a backup; `asterism fsck` says what can be read.",
        )
    if "readonly" in text or "read-only" in text:
        return Unavailable("The database cannot be written: its file or folder is read-only.")
    lost = error.connection_invalidated or (
        isinstance(error, OperationalError) and not type(error.orig).__module__.startswith("sqlite3")
    )
    if lost or "unable to open" in text:
        return Unavailable("The database cannot be reached; nothing was written.", hint="Try again in a moment.")
    return None
