"""`asterism fsck [--repair]`: check everything that a server stores, with or without the server running."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from asterism.cli.local import DataDir, local_database
from asterism.cli.options import AsJson, verb_app
from asterism.cli.output import command, count, emit, say, show
from asterism.cli.progressbar import Bar
from asterism.features.versions import storage
from asterism.features.versions.storage import Inspected
from asterism.server.data_folder import close_files, find_open_files
from asterism.server.roots import ROOTS
from asterism.server.stores import open_settings_blobs

app = verb_app("Check everything that a server stores, and repair it.")
SHOWN = 20


@app.command()
def fsck(
    repair: Annotated[bool, typer.Option("--repair", help="Write down what was found, and mend what can be.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Read the database and all stored content, and compare each with its hash. Nothing is deleted.

    With --repair, content that is lost counts as not stored, so that the next push sends it again; manifests and folder
    records are made again from each other; files that others may read are closed. Exits 1 when something is wrong and
    was not, or could not be, repaired.
    """
    with command(as_json=as_json), local_database(data_dir) as (settings, db), Bar() as bar:
        blobs = open_settings_blobs(settings)
        problems = db.check()
        found: dict[str, Inspected] = {}
        bar.start("reading", 0, items=True)
        for user_id in storage.users_with_storage(db):
            found[user_id] = storage.inspect(db, blobs, user_id, ROOTS, repair=repair, progress=bar.advance)
        opened = find_open_files(settings.data_dir)
        if repair:
            close_files(opened)
        tell(problems, found, opened, repair=repair, as_json=as_json)
    if problems or (opened and not repair) or any(one.beyond_repair if repair else one.found for one in found.values()):
        raise SystemExit(1)


def tell(
    problems: list[str], found: dict[str, Inspected], opened: Sequence[Path], *, repair: bool, as_json: bool
) -> None:
    """Print what was found."""
    if as_json:
        users: dict[str, Any] = {user_id: asdict(one) for user_id, one in found.items()}
        emit({"repaired": repair, "database": problems, "open_files": len(opened), "users": users})
        return
    for problem in problems[:SHOWN]:
        show(f"database: {problem}")
    for user_id, one in found.items():
        found_here = f"{count(one.blobs, 'blob')} ({count(one.bytes, 'byte')}) and {count(one.manifests, 'manifest')}"
        show(f"user {user_id}: {found_here} read")
        for text in lines(one, repair=repair):
            show(f"  {text}")
    if opened:
        done = "closed" if repair else "--repair closes them"
        show(f"{count(len(opened), 'file')} that others may read, {opened[0]} for one: {done}")
    wrong = sum(one.found for one in found.values()) + len(problems) + len(opened)
    if not wrong:
        say("everything is as it should be")
    elif not repair:
        say("hint: `asterism fsck --repair` mends what can be mended; copy the data folder before")
    elif any(one.beyond_repair for one in found.values()):
        say("hint: what is lost comes back when it is pushed again from where the files are")


def lines(found: Inspected, *, repair: bool) -> list[str]:
    """Return a line for each thing that is wrong, at most 20 of a kind."""
    done = "" if repair else " (not yet)"
    named = [
        ("blob lost or damaged", found.lost_blobs, f"counts as not stored now{done}"),
        ("blob readable again", found.recovered_blobs, f"counts as stored again{done}"),
        ("manifest made again", found.rebuilt_manifests, f"from its folder records{done}"),
        ("manifest lost", [n for n in found.lost_manifests if n not in found.rebuilt_manifests], "push it again"),
        ("folder records incomplete", found.broken_trees, f"made again from the manifest{done}"),
        ("manifest referred to but not stored", found.vanished_manifests, "push it again"),
    ]
    out: list[str] = []
    for what, names, outcome in named:
        out += [f"{what}: {name}: {outcome}" for name in names[:SHOWN]]
        out += [f"{what}: and {len(names) - SHOWN} more"] if len(names) > SHOWN else []
    return out + ([f"counters of the storage were wrong: counted anew{done}"] if found.usage_was_wrong else [])
