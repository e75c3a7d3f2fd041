"""The sentences of a plan, for people."""

from asterism.vcs.manifest import Entry
from asterism.vcs.merge.models import USE_MAIN, USE_WORKSPACE, Changes, DecisionKind, Option, Triple

REASONS: dict[DecisionKind, str] = {
    "content": "Both sides changed the same lines.",
    "add_add": "Both sides added this file, with different content.",
    "binary": "Both sides changed this file, and it is not text.",
    "too_large": "Both sides changed this file, and it is too large to merge.",
    "modify_delete": "The workspace changed this file, {source} deleted it.",
    "delete_modify": "The workspace deleted this file, {source} changed it.",
    "symlink": "Both sides changed where this link points.",
    "type_change": "The sides have different kinds of things at this path.",
    "rename": "Both sides renamed this file, to different names.",
    "lockfile": "Both sides changed this lock file, which a tool should write anew.",
}


def reason(kind: DecisionKind, source: str) -> str:
    """Say why a decision is needed."""
    return REASONS[kind].format(source=source)


def intent(base: Entry | None, side: Entry | None) -> str:
    """Say what a side did to a path."""
    if side is None:
        return "Deletes it." if base is not None else "Has nothing here."
    what = {"file": "file", "symlink": "link", "dir": "folder"}[side.type]
    if base is None:
        return f"Adds a {what}."
    if base.type != side.type:
        return f"Makes it a {what}."
    if side.type == "symlink":
        return f"Points it to {side.target}."
    return "Changes it." if base.hash != side.hash else "Leaves its content as it is."


def renamed(description: str, old: str | None) -> str:
    """Add where a file was before."""
    return description if old is None else f"{description}, renamed from {old}"


def two_options(sides: Triple, source: str, of_main: Changes, of_ours: Changes) -> tuple[Option, Option]:
    """Return the options that every decision has; the changes lead from ours to the tree with each."""
    return (
        Option(USE_MAIN, f"Use {source}", _takes(source, sides.main), sides.main, of_main),
        Option(USE_WORKSPACE, "Use workspace", _takes("the workspace", sides.ours), sides.ours, of_ours),
    )


def _takes(whose: str, entry: Entry | None) -> str:
    if entry is None:
        return f"Leave nothing at this path, as {whose} does"
    if entry.type == "symlink":
        return f"Take the link of {whose}, to {entry.target}"
    return f"Take the {'folder' if entry.type == 'dir' else 'file'} of {whose}"
