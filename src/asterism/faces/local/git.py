"""`/api/git`: the state of the project's work tree (Stargazer 2)."""

from typing import Any, Literal, cast

from asterism.base.errors import Invalid
from asterism.faces.local import wire
from asterism.faces.local.call import LocalCall, get
from asterism.kernel import git

MODES = ("staged", "unstaged", "files")


@get("/api/git/status", guarded=True)
async def status(call: LocalCall[None]) -> Any:
    """GET /api/git/status: branch, upstream and changed files."""
    return await call.rt.local.git.work(lambda: wire.git_status(git.read_status(checkout(call), pathspec(call))))


@get("/api/git/diff", guarded=True)
async def diff(call: LocalCall[None]) -> Any:
    """GET /api/git/diff: what has changed, as a unified diff."""
    mode, untracked = diff_mode(call), call.query.flag("untracked")
    text = await call.rt.local.git.work(
        lambda: git.diff_text(checkout(call), mode, pathspec(call), untracked=untracked)
    )
    return {"diff": text.decode("utf-8", "replace"), "mode": mode, "staged": mode == "staged"}


def checkout(call: LocalCall[Any]) -> git.Checkout:
    """Open the project's work tree as far as its trust goes."""
    return git.Checkout(call.rt.local.git, call.root, allow_filters=call.trust.run_commands)


def pathspec(call: LocalCall[Any]) -> str | None:
    """Return the query's `path`, None for the whole project. Raises InvalidPath."""
    text = call.query.any_text("path")
    return None if text is None or text == "" else git.check_pathspec(call.root, text)


def diff_mode(call: LocalCall[Any], default: Literal["staged", "unstaged"] = "unstaged") -> git.Mode:
    """Return the query's `mode`, or what the older `staged` says. Raises Invalid."""
    mode = call.query.text("mode")
    if mode is None:
        return "staged" if call.query.flag("staged", default == "staged") else "unstaged"
    if mode not in MODES:
        raise Invalid.field("query.mode", f"must be one of {', '.join(MODES)}")
    return cast("git.Mode", mode)
