"""`asterism pull`: join this folder with its workspace's newest snapshot."""

from typing import Annotated, Literal

import typer

from asterism.cli.options import AsJson, Token, Url, verb_app

app = verb_app("Join this folder with its workspace's newest snapshot.")


@app.command()
def pull(
    take: Annotated[
        Literal["mine", "theirs"] | None,
        typer.Option(help="Whose version to keep where both changed a file and the two can't be joined."),
    ] = None,
    mine: Annotated[list[str] | None, typer.Option(metavar="PATH", help="Keep this folder's version of PATH.")] = None,
    theirs: Annotated[list[str] | None, typer.Option(metavar="PATH", help="Take the head's version of PATH.")] = None,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Bring in what others pushed and keep what is edited here: changes of one file are joined line by line.

    Where that can't be done a terminal asks; elsewhere nothing is changed, the files are listed and the exit code is
    5: choose with --take, --mine and --theirs. Edits that give way are kept as a snapshot first.
    """
    from asterism.cli.output import command, count, emit, say
    from asterism.cli.places import inside, threads, working_copy
    from asterism.cli.progressbar import Bar
    from asterism.cli.questions import decider
    from asterism.cli.session import open_api
    from asterism.client import pull as use_case
    from asterism.client.lock_commands import anew
    from asterism.client.snapshot_id import short

    with command(as_json=as_json):
        state = working_copy()
        named = [[inside(state, path) for path in paths or ()] for paths in (mine, theirs)]
        decide = decider(take, *named, may_ask=not as_json)
        with open_api(url, token, at=state) as api, Bar() as bar:
            done = use_case.pull(api, state, decide, threads=threads(), progress=bar)
        if as_json:
            emit(
                {
                    "snapshot_id": done.snapshot_id,
                    "manifest_hash": done.manifest_hash,
                    "changed": done.changed,
                    "merged": done.merged,
                    "kept_edits": done.kept_edits,
                    "saved_snapshot_id": done.saved,
                    "replaced_snapshot_id": done.replaced,
                    "lock_files": done.lock_files,
                }
            )
            return
        for path in done.merged:
            say(f"joined {path}")
        if done.saved:
            say(f"kept the edits that gave way as {short(done.saved)}")
        if done.replaced:
            say(
                f"warning: somebody replaced {short(done.replaced)}, which this folder was based on; it is still stored"
            )
        for told in anew(done.lock_files):
            say(f"hint: {told}")
        changed, kept = count(len(done.changed), "path"), count(len(done.kept_edits), "edit")
        say(f"at {short(done.snapshot_id)}: {changed} changed, {kept} kept")
