"""Lock files that are written anew: the third option of their decisions, and what it comes to (Beyond 3)."""

from collections.abc import Mapping
from dataclasses import replace

from asterism.features.versions.sync.contents import Contents
from asterism.features.versions.sync.decisions import read_choices
from asterism.features.versions.sync.lock_tools import MAX_FILES, LockNotWritten, LockTools, Recipe
from asterism.features.versions.sync.models import Answered
from asterism.vcs.content import hash_bytes
from asterism.vcs.manifest import Entry
from asterism.vcs.merge import USE_MAIN, Decision, Option, Plan, apply_changes

REGENERATE = "regenerate"
READ_AT_ONCE = 500


def offer_anew(plan: Plan, tools: LockTools) -> Plan:
    """Return the plan in which lock files can be written anew, where their tool is at hand. Blocks on first use."""
    decisions = tuple(_offered(decision, tools) for decision in plan.decisions)
    return plan if decisions == plan.decisions else replace(plan, decisions=decisions)


def _offered(decision: Decision, tools: LockTools) -> Decision:
    recipe = tools.at_hand(decision.path) if decision.kind == "lockfile" else None
    if recipe is None:
        return decision
    option = Option(
        REGENERATE,
        f"Write it anew with {recipe.program}",
        f"Have {recipe.program} write it from the merged manifests, beginning with the versions of the source",
        None,
        decision.options[0].changes,
        later=True,
    )
    return replace(decision, options=(*decision.options, option))


def write_anew(
    contents: Contents,
    tools: LockTools | None,
    plan: Plan,
    ours: str | None,
    decisions: Mapping[str, Answered],
    *,
    really: bool,
) -> dict[str, Answered]:
    """Return the decisions with the content of each lock file that is to be written anew in place of that wish.

    `ours` is the manifest that the plan changes. Unless `really`, the content is that of the source, so that the rest
    can be checked. Raises LockNotWritten, and what `read_choices` raises.
    """
    wanted = [
        decision.path
        for decision in plan.decisions
        if decisions.get(decision.path, Answered()).option == REGENERATE
        and any(option.id == REGENERATE for option in decision.options)
    ]
    standing = {**decisions, **{path: Answered(option=USE_MAIN) for path in wanted}}
    if not wanted or not really:
        return standing
    chosen = read_choices(contents, plan, standing)
    contents.store(chosen.contents.values())
    tree = apply_changes(contents.entries(ours), chosen.changes)
    made: dict[str, bytes] = {}
    for path in wanted:
        recipe = None if tools is None else tools.at_hand(path)
        if tools is None or recipe is None:
            raise LockNotWritten(path, "The tool", "it is not at hand any more", network=True)
        made[path] = tools.write_anew(path, recipe, _files(contents, tree, path, recipe))
    contents.store(made.values())
    return {**standing, **{path: Answered(blob_hash=hash_bytes(content)) for path, content in made.items()}}


def _files(contents: Contents, tree: list[Entry], path: str, recipe: Recipe) -> dict[str, bytes]:
    """Return what the tool gets to see of a tree: the manifests, and the names of sources. Raises LockNotWritten."""
    uses = [(entry, recipe.use_of(entry.path)) for entry in tree if entry.type == "file"]
    read = {entry.path: entry.hash for entry, use in uses if use == "content" and not _installed(entry.path)}
    named = [entry.path for entry, use in uses if use == "name"]
    if len(read) + len(named) > MAX_FILES:
        raise LockNotWritten(path, recipe.program, f"it would need more than {MAX_FILES} files", network=True)
    hashes = sorted(set(read.values()))
    found: dict[str, bytes] = {}
    for start in range(0, len(hashes), READ_AT_ONCE):
        found |= contents.read(hashes[start : start + READ_AT_ONCE])
    return {**dict.fromkeys(named, b""), **{name: found[blob] for name, blob in read.items() if blob in found}}


def _installed(path: str) -> bool:
    return "node_modules" in path.split("/")
