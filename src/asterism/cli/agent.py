"""`asterism agent`: install the coding agent of conversations, and see which one would run."""

from asterism.cli.local import DataDir
from asterism.cli.options import AsJson, verb_app
from asterism.cli.output import emit, say, show
from asterism.kernel.agents.opencode import PINNED, install_opencode, npm_command
from asterism.server.agents import agents_folder, choose_agent
from asterism.server.settings_sources import load_process_settings

app = verb_app("Look after the coding agent of conversations.")


@app.callback(no_args_is_help=True)
def group() -> None:
    """Look after the coding agent of conversations."""


@app.command("install")
def install(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Install the OpenCode that this version works with, by npm, below the data folder.

    Its integrity is checked and none of its scripts is run. Without npm, the one of PyPI is fetched first.
    """
    folder = agents_folder(load_process_settings({"data_dir": data_dir}))
    say(f"installing OpenCode {PINNED} (180 MB)")
    binary = install_opencode(folder, npm_command(folder))
    if as_json:
        emit({"version": PINNED, "path": str(binary)})
    else:
        show(f"OpenCode {PINNED} is at {binary}.")


@app.command("check")
def check(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Say which agent conversations would use, and in which sandbox. Exits 1 when none can run."""
    found = choose_agent(load_process_settings({"data_dir": data_dir}))
    binary = None if found.opencode is None else str(found.opencode)
    if as_json:
        emit({"agent": found.agent, "sandbox": found.sandbox, "opencode": binary, "problem": found.problem})
    else:
        show(f"Agent: {found.agent}. Sandbox: {found.sandbox}. OpenCode: {binary or 'not installed'}.")
    if found.problem:
        say(found.problem)
        raise SystemExit(1)
