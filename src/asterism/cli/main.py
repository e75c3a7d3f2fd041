"""The `asterism` command. Verbs live in modules of their own and are imported only when they are called."""

import gc
import importlib
import os
import sys
from typing import Annotated, Any

import typer
from typer import BadParameter
from typer.core import TyperGroup
from typer.main import get_command

from asterism import __version__
from asterism.base.errors import DomainError
from asterism.cli.coercion import lighten
from asterism.cli.output import EXIT_INTERRUPTED, exit_code, fail

UsageError: Any = BadParameter.__base__  # of which Typer shows this descendant alone

# verb → (module below asterism.cli, one line for --help). A module offers its command as `app` (a Typer).
VERBS: dict[str, tuple[str, str]] = {
    "acp": ("acp", "Serve conversations with a workspace's agent to editors."),
    "actions": ("actions", "See what needs attention, and let an agent mend it."),
    "activity": ("activity", "Show what happens in this folder's project."),
    "agent": ("agent", "Look after the coding agent of conversations."),
    "backup": ("backup", "Back everything that a server stores up into one file."),
    "blame": ("blame", "Show what brought each line of a file."),
    "blobs": ("blobs", "Move stored content."),
    "chat": ("chat", "Ask something in a project."),
    "clone": ("clone", "Make a folder that holds a project's newest tree."),
    "config": ("config", "Show the server's settings, and trust those of a folder."),
    "db": ("db", "Move the database."),
    "deploy": ("deploy", "Deploy this folder's workspace."),
    "deployments": ("deployments", "List what was deployed from this folder's workspace."),
    "dev": ("dev", "Tools for trying things without accounts."),
    "diff": ("diff", "Show what differs."),
    "discard": ("discard", "Take edits back."),
    "doctor": ("doctor", "Look at an installation, and say what to do about it."),
    "drift": ("drift", "Show how far this folder's workspace and main are apart."),
    "env": ("env", "Look after the variables that deployed apps are given."),
    "export-git": ("export_git", "Write a project's history to a new git repository."),
    "findings": ("findings", "Review what a workspace shows, and say what becomes of findings."),
    "fork": ("fork", "Go on from a moment of a conversation in a new one."),
    "fsck": ("fsck", "Check everything that a server stores, and repair it."),
    "import-git": ("import_git", "Bring the history of a git repository into a project."),
    "init": ("init", "Bind this folder to a project."),
    "integrations": ("integrations", "Connect Notion and GitHub."),
    "jobs": ("jobs", "List what the server did in the background."),
    "keys": ("keys", "Look after the master key."),
    "log": ("log", "List the snapshots that led here."),
    "login": ("login", "Sign in to a server."),
    "logs": ("logs", "Show what a deployment said."),
    "logout": ("logout", "End the saved sign-in."),
    "map": ("map", "Show the map of a project's code, or search it."),
    "mcp": ("mcp", "Serve what is stored to models, by the Model Context Protocol."),
    "merge-driver": ("merge_driver", "Let git merge by structure in a repository."),
    "merge-file": ("merge_file", "Merge two changed versions of a file."),
    "projects": ("projects", "List, rename, remove and restore your projects."),
    "proposals": ("proposals", "Decide on what models want written."),
    "providers": ("providers", "Choose the models that reviews and chats use."),
    "pull": ("pull", "Join this folder with its workspace's newest snapshot."),
    "push": ("push", "Save this folder's tree as a snapshot on the server."),
    "restore": ("restore", "Make this folder's tree, or some paths of it, those of a snapshot."),
    "restore-backup": ("restore_backup", "Make a data folder from a backup."),
    "review": ("review", "Review the changes of a git checkout."),
    "rewind": ("rewind", "Go back to an earlier moment of a conversation."),
    "rollback": ("rollback", "Repeat an earlier deployment exactly."),
    "routes": ("routes", "Show where a request goes in the code."),
    "serve": ("serve", "Run the server."),
    "status": ("status", "Show what is edited since the last snapshot."),
    "sync": ("sync", "Merge main, or another workspace, into this folder's workspace."),
    "tag": ("tag", "Name a snapshot, list the names, or take one away."),
    "talk": ("talk", "Talk with a coding agent about a workspace."),
    "token": ("token", "Make, list and revoke access tokens."),
    "user": ("user", "Add, list and remove local users, and make sign-in links."),
    "watch": ("watch", "Watch this folder, so that commands look only where something changed."),
    "whoami": ("whoami", "Show who you are signed in as."),
    "workspace": ("workspace", "List, make, change and go to workspaces."),
    "workspaces": ("workspaces", "List the workspaces of a project."),
}


class LazyGroup(TyperGroup):
    """A group whose commands are imported when they are used, so that `asterism --help` stays fast."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        lighten(self)
        self.commands: Any = dict.fromkeys(VERBS)  # what a mistyped verb is compared with

    def list_commands(self, _ctx: Any) -> list[str]:
        """Return the verbs in alphabetical order."""
        return sorted(VERBS)

    def get_command(self, _ctx: Any, cmd_name: str) -> Any:
        """Import the module of a verb and return its command, None for an unknown verb."""
        if cmd_name not in VERBS:
            return None
        module = importlib.import_module(f"asterism.cli.{VERBS[cmd_name][0]}")
        command = get_command(module.app)
        command.name = cmd_name
        lighten(command)
        return command

    def invoke(self, ctx: Any) -> Any:
        """Run a verb. What its parser says about a wrong command line is put into plain words."""
        try:
            os.getcwd()
        except FileNotFoundError:
            fail("The current folder does not exist any more.", "Go to another one, then run the command again.")
        try:
            return super().invoke(ctx)
        except UsageError as error:
            from asterism.cli.option_errors import in_words

            error.message = in_words(error)
            raise

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """List the verbs from the table, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, VERBS[name][1]) for name in self.list_commands(ctx)])


app = typer.Typer(
    cls=LazyGroup,
    help="One self-hosted server for AI-assisted software development.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done, 1 failed, 2 wrong command line or value, 3 not signed in or not allowed, 4 not found, "
    "5 the state forbids it (files in the way, unsaved edits), 6 server not reachable, 130 interrupted.",
)


def _tell_version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"asterism {__version__}\n")
        raise typer.Exit


@app.callback()
def asterism(
    _version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """One self-hosted server for AI-assisted software development."""


def run() -> None:
    """Run the command line and exit with one of the codes of `output.py`."""
    try:
        app(prog_name="asterism")
    except DomainError as error:
        fail(error.message, error.hint, exit_code(error))
    except KeyboardInterrupt:
        fail("interrupted", code=EXIT_INTERRUPTED)
    except Exception as error:
        if os.environ.get("ASTERISM_DEBUG"):
            raise
        fail(f"unexpected {type(error).__name__}: {error}", "Set ASTERISM_DEBUG=1 to see where it happened.")
    finally:
        gc.freeze()  # so that an interpreter that ends looks for no garbage in what it loaded
