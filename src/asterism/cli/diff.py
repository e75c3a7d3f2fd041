"""`asterism diff`: what differs between this folder and a snapshot, or between two snapshots."""

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from asterism.cli.options import AsJson, Token, Url, verb_app

if TYPE_CHECKING:
    from asterism.cli.pager import Line
    from asterism.client.api import Api
    from asterism.client.contents import Read
    from asterism.client.workcopy.state import State
    from asterism.vcs.diff import Change
    from asterism.vcs.patch import Patch

app = verb_app("Show what differs.")


@app.command()
def diff(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="SNAPSHOT|PATH", help="Up to two snapshots, then paths (default: everything)."),
    ] = None,
    path: Annotated[
        list[str] | None, typer.Option("--path", metavar="PATH", help="Only this; may be repeated.")
    ] = None,
    stat: Annotated[bool, typer.Option("--stat", help="Show how many lines, not which.")] = False,
    binary: Annotated[bool, typer.Option("--binary", help="Carry what is no text, too.")] = False,
    renames: Annotated[bool, typer.Option(help="Show a renamed file as one.")] = True,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Show what leads from A to B as a patch that `git apply` takes; with --json the paths alone. Of files that are no
    text it says that they differ, and `git apply` refuses it then, unless --binary is given.

    A is the snapshot that this folder is based on unless it is named, B is the folder itself. Each is a tag, `head`, an
    id, the beginning of one, or a workspace's name. A word that names something in the folder is a path.
    """
    from asterism.cli.output import command, emit
    from asterism.cli.pager import paged
    from asterism.cli.places import inside, working_copy
    from asterism.cli.session import open_api
    from asterism.client.base import within
    from asterism.vcs.patch import find_renames, patches, stat_lines

    with command(as_json=as_json):
        state = working_copy()
        revisions, named = _sorted(words or [])
        chosen = [inside(state, each) for each in [*named, *(path or ())]]
        with open_api(url, token, at=state) as api:
            changes, read = _changes(api, state, revisions)
            changes = [change for change in changes if not chosen or within(change.path, chosen)]
            if as_json:
                emit({"files": [{"path": change.path, "change": change.kind} for change in changes]})
                return
            found = patches(find_renames(changes, read) if renames else changes, read, binary=binary)
            with paged() as write:
                if stat:
                    write((line, None) for line in stat_lines(list(found), shutil.get_terminal_size().columns))
                    return
                for patch in found:
                    write(_styled(patch))


def _sorted(words: list[str]) -> tuple[list[str], list[str]]:
    """Tell snapshots from paths: up to two words that name nothing in the folder come first."""
    from asterism.base.errors import Invalid

    revisions: list[str] = []
    for position, word in enumerate(words):
        if os.path.lexists(word):
            return revisions, words[position:]
        if len(revisions) == 2:
            raise Invalid(f"{word!r} is not here.", hint="Give what lies only in a snapshot as --path.")
        revisions.append(word)
    return revisions, []


def _changes(api: "Api", state: "State", revisions: list[str]) -> "tuple[list[Change], Read]":
    """Return what differs, and a reader of the contents of both sides."""
    from asterism.cli.places import threads
    from asterism.client import compare
    from asterism.client.contents import reader
    from asterism.client.revisions import find_snapshot

    binding = state.bound()
    found = [find_snapshot(api, binding.project_id, binding.workspace_id, name) for name in revisions]
    if not found:
        changes = compare.edits(api, state, threads=threads())
    elif len(found) == 1:
        changes = compare.edits_against(api, state, found[0], threads=threads())
    else:
        changes = compare.between(api, found[0], found[1])
    old = [change.old for change in changes if change.old is not None]
    new = [change.new for change in changes if change.new is not None]
    return changes, reader(api, [*old, *new]) if len(found) == 2 else reader(api, old, state.top, new)


def _styled(patch: "Patch") -> "Iterator[Line]":
    from asterism.cli.style import DIFF

    yield from ((line, "bold") for line in patch.head())
    for line in patch.body():
        yield line, DIFF.get(line[:1])
