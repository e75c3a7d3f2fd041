"""`asterism status`: what is edited here since the last snapshot."""

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from asterism.cli.options import AsJson, Token, Url, verb_app

if TYPE_CHECKING:
    from asterism.cli.style import Style
    from asterism.client.glance import Glance
    from asterism.client.workcopy.state import Binding, State
    from asterism.vcs.diff import Change

SHOWN_CONCERNS, SHOWN_PATHS = 5, 3
app = verb_app("Show what is edited since the last snapshot.")
# change → its letter and colour
MARKS: "dict[str, tuple[str, Style]]" = {
    "added": ("A", "green"),
    "modified": ("M", "yellow"),
    "deleted": ("D", "red"),
    "mode": ("X", "cyan"),
    "type": ("T", "magenta"),
}


@app.command()
def status(url: Url = None, token: Token = None, as_json: AsJson = False) -> None:
    """Show the paths that differ from the snapshot this folder was last equal to. Exits 0 whether or not there are any.

    Letters: A added, M modified, D deleted, X executable bit, T file became link or link became file. Says also
    whether the folder is behind its workspace, the workspace behind main, and which other workspaces what is pushed
    would conflict with, where the server answers at once.
    """
    from asterism.cli.output import command, emit
    from asterism.cli.places import working_copy

    with command(as_json=as_json):
        state = working_copy()  # before anything else is loaded: there may be nothing to tell
        changes, seen = _look(state, url, token)
        binding = state.bound()
        if as_json:
            emit(_described(binding, changes, seen))
        else:
            _tell(binding, changes, seen)


def _look(state: "State", url: str | None, token: str | None) -> "tuple[list[Change], Glance | None]":
    """Return what is edited, and how the workspace stands: asked while others look at a large tree."""
    from concurrent.futures import ThreadPoolExecutor

    from asterism.client.look import looking_if_touched

    with ExitStack() as at_end:
        with looking_if_touched(state) as begun:
            from asterism.cli.places import threads
            from asterism.cli.session import open_api
            from asterism.client.compare import edits_seen
            from asterism.client.glance import glance_at

            binding = state.bound()
            api = at_end.enter_context(open_api(url, token, at=state, anonymous=True))
            other = at_end.enter_context(ThreadPoolExecutor(1))
            asking = other.submit(glance_at, api, binding.project_id, binding.workspace_id)
            changes = edits_seen(api, begun, threads=threads()) if begun is not None else []
        return changes, asking.result()


def _stands(binding: "Binding", seen: "Glance | None") -> tuple[str | None, str | None, bool]:
    """Return the snapshot that the folder was last equal to, the workspace's head, and whether it is behind that."""
    at = binding.base.snapshot_id if binding.base else None
    head = seen.head if seen is not None else binding.head
    return at, head, head is not None and head != at


def _described(binding: "Binding", changes: "list[Change]", seen: "Glance | None") -> dict[str, Any]:
    """Write the one object of `--json`."""
    at, head, behind = _stands(binding, seen)
    return {
        "project_id": binding.project_id,
        "workspace_id": binding.workspace_id,
        "snapshot_id": at,
        "head_snapshot_id": head,
        "behind": behind,
        "clean": not changes,
        "files": [{"path": change.path, "change": change.kind} for change in changes],
        "drift": seen.drift if seen is not None else None,
        "forecast": _forecast(seen),
    }


def _tell(binding: "Binding", changes: "list[Change]", seen: "Glance | None") -> None:
    import sys

    from asterism.cli.drift import summary
    from asterism.cli.output import count, path_text, say, show
    from asterism.cli.style import coloured, paint
    from asterism.client.snapshot_id import short

    at, head, behind = _stands(binding, seen)
    colours = coloured(sys.stdout)
    for change in changes:
        letter, style = MARKS[change.kind]
        show(f"{paint(letter, style, on=colours)} {path_text(change.path)}")
    base = short(at) if at else "nothing yet"
    differ = f"{count(len(changes), 'path')} differ{'s' if len(changes) == 1 else ''}" if changes else "clean"
    say(f"{binding.project_name}, workspace {binding.workspace_name}, at {base}: {differ}")
    if behind and head:
        say(f"behind its workspace, whose head is {short(head)}; `asterism pull` takes it in")
    if seen is None:
        return
    if seen.drift and (seen.drift["files_added"] or seen.drift["files_modified"]):
        say(summary(seen.drift, binding.workspace_name, seen.source or "main"))
    _tell_forecast(seen)


def _forecast(seen: "Glance | None") -> dict[str, Any] | None:
    """Write what the forecast knows for `--json`, None where the server did not tell it."""
    if seen is None or seen.concerns is None:
        return None
    conflicts = [
        {"workspace_id": one.workspace_id, "workspace": one.workspace, "count": one.count, "paths": one.paths}
        for one in seen.concerns
    ]
    return {"conflicts": conflicts, "pending": seen.pending}


def _tell_forecast(seen: "Glance") -> None:
    from asterism.cli.output import count, path_text, say

    concerns = seen.concerns or []
    for one in concerns[:SHOWN_CONCERNS]:
        paths = [path_text(path) for path in one.paths[:SHOWN_PATHS]]
        more = f" and {one.count - len(paths)} more" if one.count > len(paths) else ""
        say(f"what is pushed conflicts with {one.workspace} in {count(one.count, 'path')}: {', '.join(paths)}{more}")
    if len(concerns) > SHOWN_CONCERNS:
        say(f"and with {count(len(concerns) - SHOWN_CONCERNS, 'other workspace')}")
