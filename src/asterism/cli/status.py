"""`asterism status`: what is edited here since the last snapshot."""

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from asterism.cli.options import AsJson, Token, Url, verb_app

if TYPE_CHECKING:
    from asterism.cli.style import Style
    from asterism.client.glance import Glance

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
    from asterism.cli.output import command, count, emit, path_text, say, show
    from asterism.cli.places import threads, working_copy

    with command(as_json=as_json), ExitStack() as at_end:
        state = working_copy()  # before what follows is loaded: there may be nothing to tell

        import sys
        from concurrent.futures import ThreadPoolExecutor

        from asterism.client.look import looking_if_touched

        with looking_if_touched(state) as begun:
            from asterism.cli.drift import summary
            from asterism.cli.session import open_api
            from asterism.cli.style import coloured, paint
            from asterism.client.compare import edits_seen
            from asterism.client.glance import glance_at
            from asterism.client.snapshot_id import short

            binding = state.bound()
            api = at_end.enter_context(open_api(url, token, at=state, anonymous=True))
            other = at_end.enter_context(ThreadPoolExecutor(1))
            asking = other.submit(glance_at, api, binding.project_id, binding.workspace_id)
            changes = edits_seen(api, begun, threads=threads()) if begun is not None else []
        seen = asking.result()
        at = binding.base.snapshot_id if binding.base else None
        head = seen.head if seen is not None else binding.head
        drift = seen.drift if seen is not None else None
        behind = head is not None and head != at
        if as_json:
            emit(
                {
                    "project_id": binding.project_id,
                    "workspace_id": binding.workspace_id,
                    "snapshot_id": at,
                    "head_snapshot_id": head,
                    "behind": behind,
                    "clean": not changes,
                    "files": [{"path": change.path, "change": change.kind} for change in changes],
                    "drift": drift,
                    "forecast": _forecast(seen),
                }
            )
            return
        colours = coloured(sys.stdout)
        for change in changes:
            letter, style = MARKS[change.kind]
            show(f"{paint(letter, style, on=colours)} {path_text(change.path)}")
        base = short(at) if at else "nothing yet"
        differ = f"{count(len(changes), 'path')} differ{'s' if len(changes) == 1 else ''}" if changes else "clean"
        say(f"{binding.project_name}, workspace {binding.workspace_name}, at {base}: {differ}")
        if behind and head:
            say(f"behind its workspace, whose head is {short(head)}; `asterism pull` takes it in")
        if seen is not None and drift and (drift["files_added"] or drift["files_modified"]):
            say(summary(drift, binding.workspace_name, seen.source or "main"))
        if seen is not None:
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
