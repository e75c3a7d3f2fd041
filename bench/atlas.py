"""What the map of 20,000 files costs: first time and again, searching, drawing, comparing."""

import asyncio
import random
import resource
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from asterism.features.accounts import identity
from asterism.features.accounts.identity import Caller
from asterism.features.insight import atlas
from asterism.features.insight.atlas import Embedder, Indexer, Maps
from asterism.features.versions import projects, storage, workspaces
from asterism.features.versions.snapshots import NewSnapshot
from asterism.features.versions.sync import Advisor
from asterism.features.versions.workspaces import NewWorkspace
from asterism.kernel.blobs import Blobs, open_blobs
from asterism.kernel.db import Database, open_database
from asterism.kernel.db.migrate import upgrade
from asterism.kernel.llm import ScriptedEmbeddings, ScriptedModels
from asterism.vcs import manifest
from asterism.vcs.batch import frame_head
from asterism.vcs.content import hash_bytes
from asterism.vcs.manifest import Entry
from bench.report import Report, median

TITLE = "the map of a tree of 20,000 files of Python"
FILES = 20_000
CHANGES = 10
WORDS = ("order", "user", "invoice", "payment", "token", "cart", "report", "shipping")
QUERIES = ("handle user request", "PaymentThing123", "file_777.py", "pkg3/mod2", "process token cart", "shipping run")


class Bench:
    """A project of one user in an embedded database. Without a model."""

    def __init__(self, folder: Path) -> None:
        self.db, self.blobs = stores(folder)
        upgrade(self.db)
        with self.db.write() as tx:
            user = identity.add_user(tx, "someone@example.org")
            self.caller = Caller(user.id, "token", "u", "cli")
            self.project = projects.create_project(tx, self.caller, name="bench").id
            place = workspaces.create_workspace(tx, self.caller, self.project, NewWorkspace(name="main"))
        self.workspace = place.id

    def push(self, tree: dict[str, bytes]) -> str:
        """Push a tree; return its manifest's hash."""
        receiver = storage.Receiver(self.db, self.blobs, self.caller.user_id, storage.Limits())
        contents = list(dict.fromkeys(tree.values()))
        for start in range(0, len(contents), 500):
            part = contents[start : start + 500]
            receiver.take(b"".join(frame_head(hash_bytes(one), len(one)) + one for one in part))
        receiver.finish(whole=True)
        entries = [Entry(type="file", path=path, hash=hash_bytes(one), size=len(one)) for path, one in tree.items()]
        data = manifest.encode(entries)
        storage.upload(self.db, self.blobs, self.caller.user_id, hash_bytes(data), data)
        with self.db.write() as tx:
            workspaces.push_snapshot(tx, self.caller, self.project, NewSnapshot(hash_bytes(data)), self.workspace)
        return hash_bytes(data)

    def index(self, maps: Maps) -> None:
        """Index the newest tree."""
        index(maps, self.caller, self.project)


def stores(folder: Path) -> tuple[Database, Blobs]:
    """Open the database and the content of a data folder."""
    blobs = open_blobs(folder / "blobs", spool=folder / "incoming")
    return open_database(f"sqlite:///{folder / 'a.db'}"), blobs


def index(maps: Maps, caller: Caller, project: str) -> None:
    """Index a project's newest tree."""
    advisor = Advisor(ScriptedModels(), lambda _tx, _user: None)
    indexer = Indexer(maps, advisor, Embedder(ScriptedEmbeddings(), lambda _tx, _user: None))
    asyncio.run(indexer.index(caller, project, embed=False, max_files=200))


def source(dice: random.Random, number: int) -> bytes:
    near = [(number // 40 * 40 + dice.randrange(400)) % FILES for _ in range(4)]
    imports = "".join(f"from pkg{n % 40}.mod{n // 40 % 20} import file_{n}\n" for n in near)
    body = "".join(
        f"def handle_{word}_{number}(request):\n    return process(request)\n\n\n"
        f"class {word.title()}Thing{number}:\n    def run(self): pass\n\n\n"
        for word in dice.sample(WORDS, 3)
    )
    return (imports + "import os, json\n\n\n" + body).encode()


def timed(work: Callable[[], object]) -> float:
    """Return milliseconds."""
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def memory() -> float:
    """Return the most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def in_a_new_process(folder: Path, caller: Caller, project: str, trees: tuple[str, str]) -> tuple[float, float, float]:
    """Index again, and compare two trees, where nothing is in memory yet; return both times and the most memory."""
    maps = Maps(*stores(folder))
    indexed = timed(lambda: index(maps, caller, project))
    compared = timed(lambda: atlas.compare(maps, caller, project, *trees))
    maps.db.close()
    return indexed, compared, memory()


def run() -> Report:
    """Measure and report."""
    dice = random.Random(1)
    report = Report()
    tree = {f"pkg{n % 40}/mod{n // 40 % 20}/file_{n}.py": source(dice, n) for n in range(FILES)}
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        old = bench.push(tree)
        maps = Maps(bench.db, bench.blobs)
        first = timed(lambda: bench.index(maps))
        changed = dict(tree)
        for path in dice.sample(sorted(tree), CHANGES):
            changed[path] = source(dice, dice.randrange(FILES))
        new = bench.push(changed)
        spent = time.process_time()
        again = timed(lambda: bench.index(maps))
        spent = time.process_time() - spent
        searching = Embedder(ScriptedEmbeddings(), lambda _tx, _user: None)

        def search(query: str) -> float:
            found = atlas.search(maps, searching, bench.caller, bench.project, query, 8)
            return timed(lambda: asyncio.run(found))

        search(QUERIES[0])
        searches = [search(query) for query in QUERIES * 5]
        atlas.draw(maps, bench.caller, bench.project, "flow", None)
        drawings = [
            timed(lambda kind=kind: atlas.draw(maps, bench.caller, bench.project, kind, None))  # type: ignore[misc]
            for kind in ("flow", "dependency", "component", "sequence")
        ]
        compared = timed(lambda: atlas.compare(maps, bench.caller, bench.project, old, new))
        here = memory()
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            fresh = pool.submit(in_a_new_process, Path(folder), bench.caller, bench.project, (old, new))
            cold, from_facts, there = fresh.result()
        bench.db.close()
    report.table(
        ["what", "measured", "aim"],
        [
            ["first index", f"{first / 1000:.1f} s, {FILES / first * 1000:,.0f} files a second", ""],
            [f"index again, {CHANGES} new blobs", f"{again / 1000:.2f} s", "< 1 s"],
            ["its processor time", f"{spent:.2f} s", ""],
            ["the same in a process that has just started", f"{cold / 1000:.2f} s", ""],
            ["search, median", f"{median(searches):.1f} ms", "< 20 ms"],
            ["diagram, slowest of four", f"{max(drawings):.1f} ms", "< 50 ms"],
            ["difference of two maps, both in memory", f"{compared:.0f} ms", "< 300 ms"],
            ["the same, one of them made from facts", f"{from_facts:.0f} ms", ""],
            ["most memory, of either process", f"{max(here, there):.0f} MB", "< 400 MB"],
        ],
    )
    report.note("Embedded database, no model. Memory counts the sources of the tree, which the bench makes.")
    return report
