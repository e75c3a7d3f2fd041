"""`asterism discard`: take edits back."""

from typing import Annotated

import typer

from asterism.base.errors import Invalid
from asterism.cli.options import AsJson, Token, Url, verb_app

app = verb_app("Take edits back.")


@app.command()
def discard(
    paths: Annotated[list[str] | None, typer.Argument(metavar="PATH", help="What to take back.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All edits of the folder.")] = False,
    added: Annotated[bool, typer.Option("--added", help="Remove new files too.")] = False,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Make PATHs what they were in the snapshot that this folder is based on. The edits are gone then.

    New files stay unless --added is given. `asterism restore --save head` keeps edits instead.
    """
    from asterism.cli.output import command, count, emit, say
    from asterism.cli.places import inside, threads, working_copy
    from asterism.cli.progressbar import Bar
    from asterism.cli.session import open_api
    from asterism.client import restore as use_case

    with command(as_json=as_json):
        if bool(paths) == everything:
            raise Invalid("Say which paths to take back, or --all.", hint="`asterism status` lists what is edited.")
        state = working_copy()
        chosen = [""] if everything else [inside(state, path) for path in paths or ()]
        with open_api(url, token, at=state) as api, Bar() as bar:
            done = use_case.discard(api, state, chosen, added=added, threads=threads(), progress=bar)
        if as_json:
            emit({"changed": done.changed, "left": done.left})
            return
        say(f"took back {count(len(done.changed), 'edit')}")
        if done.left:
            say(f"left {count(len(done.left), 'new file')}; --added removes them too")
