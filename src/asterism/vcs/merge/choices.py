"""From a plan to a tree: the answers to its decisions, and what they make of ours."""

from collections.abc import Iterable, Mapping

import msgspec

from asterism.vcs.manifest import Entry
from asterism.vcs.merge.contents import Combined
from asterism.vcs.merge.models import Action, Changes, Decision, Method, Plan
from asterism.vcs.merge.plan import combined_action

Choice = str | Entry
"""The id of an option, or a file entry with content of a person's own (its mode is given by the plan)."""


class Undecided(ValueError):
    """Decisions are open; `paths` are theirs."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.paths = list(paths)
        super().__init__(f"not decided: {', '.join(self.paths[:5])}")


class NoSuchChoice(ValueError):
    """A choice names a path or option that there is not, or content of one's own where none is allowed."""

    def __init__(self, path: str, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"{path}: {reason}")


def choose(plan: Plan, choices: Mapping[str, Choice]) -> Changes:
    """Return the changes that lead from ours to the result, with every decision answered.

    Merged files (`ai_combined`) may be chosen about as well. Raises Undecided, or NoSuchChoice.
    """
    decisions = {decision.path: decision for decision in plan.decisions}
    combined = {action.path: action for action in plan.actions if action.options}
    missing = [path for path in decisions if path not in choices]
    if missing:
        raise Undecided(missing)
    changes = dict(plan.changes)
    for path, choice in choices.items():
        place = decisions.get(path) or combined.get(path)
        if place is None:
            raise NoSuchChoice(path, "there is nothing to decide here")
        changes.update(_chosen(place, choice))
    return changes


def _chosen(place: Decision | Action, choice: Choice) -> Changes:
    if isinstance(choice, str):
        option = next((option for option in place.options if option.id == choice), None)
        if option is None:
            raise NoSuchChoice(place.path, f"there is no option {choice!r}")
        return option.changes
    if isinstance(place, Decision) and not place.allows_custom:
        raise NoSuchChoice(place.path, "content of your own is not possible here")
    mode = place.mode if isinstance(place, Decision) else place.entry.mode if place.entry else 0
    return {place.path: msgspec.structs.replace(choice, path=place.path, mode=mode)}


def all_from(plan: Plan, option: str) -> dict[str, str]:
    """Return the choice of the same option for every decision."""
    return {decision.path: option for decision in plan.decisions}


def with_merged(plan: Plan, path: str, content: bytes, *, method: Method = "model") -> Plan:
    """Return the plan in which the decision at `path` was settled by merged content, as a model may give it."""
    decision = next(decision for decision in plan.decisions if decision.path == path)
    action = combined_action(decision, content, Combined(content, method))
    actions = sorted([*plan.actions, action], key=lambda action: action.path.encode())
    return Plan(
        actions=tuple(actions),
        decisions=tuple(other for other in plan.decisions if other.path != path),
        changes={**plan.changes, **action.changes},
        unchanged=plan.unchanged,
        missing_blobs=plan.missing_blobs,
    )


def apply_changes(entries: Iterable[Entry], changes: Changes) -> list[Entry]:
    """Return the entries of ours with the changes made."""
    found: dict[str, Entry | None] = {entry.path: entry for entry in entries}
    found.update(changes)
    return [entry for entry in found.values() if entry is not None]


def merged_contents(plan: Plan) -> dict[str, bytes]:
    """Return every content that the merge made, by hash; those that the result names have to be stored."""
    found = {
        action.entry.hash: action.content for action in plan.actions if action.entry and action.content is not None
    }
    for decision in plan.decisions:
        for option in decision.options:
            if decision.content is not None and option.entry is not None:
                found[option.entry.hash] = decision.content
    return found
