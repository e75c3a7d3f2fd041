"""`asterism agent`: install the coding agent of conversations, and see which one would run."""

from asterism.cli.local import DataDir
from asterism.cli.options import AsJson, verb_app
from asterism.cli.output import emit, say, show
from asterism.kernel.agents.opencode import PINNED, find_opencode, install_opencode, npm_command, opencode_problem
from asterism.kernel.sandbox import isolation_problem
from asterism.server.agents import agents_folder
from asterism.server.settings_sources import load_process_settings

app = verb_app("Look after the coding agent of conversations.")


@app.callback()
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
    settings = load_process_settings({"data_dir": data_dir})
    binary = find_opencode(settings.opencode, agents_folder(settings))
    problem = "OpenCode is not installed." if binary is None else opencode_problem(binary)
    agent = "builtin" if settings.agent == "builtin" or (problem and settings.agent == "auto") else "opencode"
    hindrance = isolation_problem(settings.sandbox) or (problem if agent == "opencode" else None)
    sandbox = "plain" if settings.sandbox == "plain" else "bubblewrap"
    if as_json:
        emit({"agent": agent, "sandbox": sandbox, "opencode": str(binary) if binary else None, "problem": hindrance})
    else:
        show(f"Agent: {agent}. Sandbox: {sandbox}. OpenCode: {binary or 'not installed'}.")
    if hindrance:
        say(hindrance)
        raise SystemExit(1)
