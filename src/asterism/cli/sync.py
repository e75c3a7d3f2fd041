"""`asterism sync`: merge another workspace into this folder's one."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from asterism.cli.completions import complete_workspaces
from asterism.cli.options import AsJson, Token, Url, verb_app

if TYPE_CHECKING:
    from asterism.client.api import Api
    from asterism.client.models import SyncConflict
    from asterism.client.sync import Asked, Synced
    from asterism.client.workcopy.state import State

EXIT_OPEN = 1
app = verb_app("Merge main, or another workspace, into this folder's workspace.")


@app.command(epilog="Exit codes beside the usual ones: 1 also when conflicts are left to answer.")
def sync(
    source: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="WORKSPACE",
            help="The workspace to merge (default: main).",
            autocompletion=complete_workspaces,
        ),
    ] = None,
    take: Annotated[
        Literal["main", "workspace"] | None,
        typer.Option(help="Whose version to take where both changed a file and the two can't be merged."),
    ] = None,
    main: Annotated[list[str] | None, typer.Option(metavar="PATH", help="Take main's version of PATH.")] = None,
    workspace: Annotated[
        list[str] | None, typer.Option(metavar="PATH", help="Keep this workspace's version of PATH.")
    ] = None,
    regenerate: Annotated[
        bool, typer.Option("--regenerate", help="Have lock files written anew by their tool, where the server has it.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen, and change nothing.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Undo the newest sync of this workspace.")] = False,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Merge main's newest snapshot into this folder's workspace on the server, and bring the folder to the result.

    The folder is first brought to its workspace's head, and its edits are pushed. Files that both sides changed are
    merged by lines and by structure; where that can't be done a terminal asks. Elsewhere nothing is changed, the
    conflicts are listed and the exit code is 1: choose with --take, --main and --workspace, where `main` means the
    workspace that is merged.
    """
    from asterism.base.errors import Invalid
    from asterism.cli.output import command, emit
    from asterism.cli.places import inside, threads, working_copy
    from asterism.cli.progressbar import Bar
    from asterism.cli.session import open_api

    with command(as_json=as_json):
        if undo and (source or take or main or workspace or regenerate or dry_run):
            raise Invalid("--undo goes with none of the other options.")
        state = working_copy()
        one, other = ([inside(state, path) for path in paths or ()] for paths in (main, workspace))
        with open_api(url, token, at=state) as api, Bar() as bar:
            if undo:
                from asterism.client import sync_undo

                done = sync_undo.undo(api, state, threads=threads(), progress=bar)
            else:
                from asterism.client import sync as use_case

                asked = _asked(api, source, (take, one, other, regenerate), dry_run=dry_run, may_ask=not as_json)
                done = use_case.sync(api, state, asked, threads=threads(), progress=bar)
        if as_json:
            emit(_described(done))
        else:
            _tell(done, state, source or "main", undo=undo)
    raise typer.Exit(EXIT_OPEN if done.open else 0)


_Given = tuple[str | None, list[str], list[str], bool]  # take, main, workspace, regenerate


def _asked(api: "Api", source: str | None, given: _Given, *, dry_run: bool, may_ask: bool) -> "Asked":
    from asterism.cli.decisions import Options, settler
    from asterism.cli.questions import decider
    from asterism.client.sync import Asked

    settle = settler(api, source or "main", Options(*given), may_ask=may_ask and not dry_run)
    return Asked(settle, decider(None, (), (), may_ask=may_ask and not dry_run), source, dry_run)


def _described(done: "Synced") -> dict[str, Any]:
    """Write the one object of `--json`."""
    return {
        "executed": done.done,
        "snapshot_id": done.snapshot_id,
        "manifest_hash": done.manifest_hash,
        "files_updated": done.updated,
        "files_added": done.added,
        "files_deleted": done.deleted,
        "conflicts": [_conflict(one, done) for one in done.open],
        "summary": done.summary,
        "changed": done.changed,
        "pushed_snapshot_id": done.pushed,
        "saved_snapshot_id": done.saved,
    }


def _conflict(conflict: "SyncConflict", done: "Synced") -> dict[str, Any]:
    return {
        "path": conflict.path,
        "kind": conflict.kind,
        "reason": conflict.conflict_reason,
        "with": "head" if done.with_head else "main",
        "options": [option.id for option in conflict.options],
    }


def _tell(done: "Synced", state: "State", source: str, *, undo: bool) -> None:
    from asterism.cli.output import count, say
    from asterism.client.snapshot_id import short

    if done.open:
        _tell_conflicts(done, state, source)
        return
    if not done.done:
        say(done.summary)
        say("Nothing was changed: this was a dry run.")
        return
    if done.pushed:
        say(f"pushed the edits as {short(done.pushed)}")
    if done.saved:
        say(f"kept the edits that gave way as {short(done.saved)}")
    if done.added or done.updated or done.deleted:
        what = "undone" if undo else f"merged {source}"
        say(f"{what}: {count(done.added, 'file')} added, {done.updated} updated, {done.deleted} deleted")
    else:
        say(done.summary)
    if done.source_moved:
        say(f"{source} has moved on meanwhile; another `asterism sync` takes that in")
    if done.snapshot_id:
        say(f"at {short(done.snapshot_id)}")


def _tell_conflicts(done: "Synced", state: "State", source: str) -> None:
    from asterism.cli.decisions import REGENERATE
    from asterism.cli.output import count, path_text, say, show
    from asterism.cli.questions import KINDS

    for conflict in done.open:
        show(f"{path_text(conflict.path)}: {KINDS.get(conflict.kind, conflict.kind)}")
    number = count(len(done.open), "conflict")
    if done.with_head:
        say(f"asterism: {number} with the head of {state.bound().workspace_name}; nothing was changed")
        say("hint: `asterism pull` joins this folder with its own workspace first.")
    else:
        say(f"asterism: {number} with {source}; nothing was changed")
        say("hint: Choose with --take main or --take workspace, or by file with --main and --workspace.")
        if any(conflict.offers(REGENERATE) for conflict in done.open):
            say("hint: --regenerate has lock files written anew by their tool.")
