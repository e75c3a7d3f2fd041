"""Joining a working copy's edits with another tree, three ways, on paper: nothing is changed by this."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from asterism.base.errors import Conflict
from asterism.client.api import Api
from asterism.client.base import within
from asterism.client.contents import reader
from asterism.client.lock_commands import anew
from asterism.client.tree import Tree
from asterism.client.workcopy.state import State
from asterism.vcs.diff import Change
from asterism.vcs.manifest import Entry
from asterism.vcs.merge import (
    USE_MAIN,
    USE_WORKSPACE,
    Decision,
    Plan,
    apply_changes,
    choose,
    from_entries,
    make_plan,
    merged_contents,
    with_edits,
)

Decide = Callable[[Sequence[Decision]], Mapping[str, str]]
"""Answers conflicts, `use_main` or `use_workspace` for each path; paths that it leaves out stay open."""

MINE, THEIRS = USE_WORKSPACE, USE_MAIN


_CHOOSE = "Choose with `asterism pull --take mine` or `--take theirs`, or by file with --mine and --theirs."


class MergeConflicts(Conflict):
    """Files were changed here and at the head in ways that can't be joined; nothing was changed."""

    code = "CONFLICTS"

    def __init__(self, open_decisions: Sequence[Decision]) -> None:
        self.open = list(open_decisions)
        paths = [decision.path for decision in open_decisions]
        shown = ", ".join(paths[:5]) + (f" and {len(paths) - 5} more" if len(paths) > 5 else "")
        super().__init__(
            f"Changed both here and at the head, and not to be joined: {shown}",
            hint=" ".join((_CHOOSE, *anew(each.path for each in open_decisions[:5] if each.kind == "lockfile"))),
            details={
                "paths": paths[:100],
                "conflicts": [{"path": each.path, "kind": each.kind} for each in open_decisions[:100]],
            },
        )


@dataclass(frozen=True, slots=True)
class Target:
    """A tree to join edits with, and what people call it."""

    name: str
    entries: list[Entry]


@dataclass(frozen=True, slots=True)
class Joined:
    """The tree that a merge came to; `gave_way` says that some edit of this folder is not in it.

    `lock_files` are those of which one side was taken.
    """

    entries: list[Entry]
    contents: Mapping[str, bytes] = field(default_factory=dict)
    merged: list[str] = field(default_factory=list)
    gave_way: bool = False
    lock_files: list[str] = field(default_factory=list)


def join(
    api: Api, state: State, tree: Tree, base: list[Entry], edits: Sequence[Change], target: Target, decide: Decide
) -> Joined:
    """Return `target` with the edits that lead from `base` to `tree`. Raises MergeConflicts where answers are missing.

    What the edits leave alone is as in the target, also where that can't be written on this machine.
    """
    if not edits:
        return Joined(with_edits(target.entries, edits, base, tree.entries()))
    ours = tree.entries()
    read = reader(api, [*base, *target.entries], state.top, ours)
    plan = make_plan(from_entries(base, ours, target.entries), read, source=target.name)
    choices = _choices(plan, decide)
    changes = choose(plan, choices)
    merged = [action.path for action in plan.actions if action.kind == "ai_combined"]
    locks = [decision.path for decision in plan.decisions if decision.kind == "lockfile"]
    return Joined(list(apply_changes(ours, changes)), merged_contents(plan), merged, THEIRS in choices.values(), locks)


def _choices(plan: Plan, decide: Decide) -> dict[str, str]:
    """Return an answer for every decision. Raises MergeConflicts when some stay open."""
    if not plan.decisions:
        return {}
    known = {decision.path for decision in plan.decisions}
    choices = {path: answer for path, answer in decide(plan.decisions).items() if path in known}
    left = [decision for decision in plan.decisions if decision.path not in choices]
    if left:
        raise MergeConflicts(left)
    return choices


def by_path(default: str | None, mine: Sequence[str], theirs: Sequence[str]) -> Decide:
    """Return a `Decide` that takes one side everywhere (None: leaves them open) but for the paths that are named."""

    def decide(decisions: Sequence[Decision]) -> Mapping[str, str]:
        answers: dict[str, str] = {}
        for decision in decisions:
            answer = MINE if within(decision.path, mine) else THEIRS if within(decision.path, theirs) else default
            if answer is not None:
                answers[decision.path] = answer
        return answers

    return decide
