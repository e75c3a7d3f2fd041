"""Asking a person, where somebody sits at a terminal: whose version of a file to keep, whether to go on."""

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asterism.client.join import Decide
    from asterism.vcs.merge import Decision

KINDS = {
    "content": "changed on both sides",
    "add_add": "added on both sides",
    "binary": "changed on both sides, and no text",
    "too_large": "changed on both sides, and too large to join",
    "modify_delete": "changed here, deleted there",
    "delete_modify": "deleted here, changed there",
    "symlink": "a link that leads elsewhere on each side",
    "type_change": "of another type on each side",
    "rename": "renamed differently on each side",
    "lockfile": "a lock file that changed on both sides",
}


def decider(take: str | None, mine: Sequence[str], theirs: Sequence[str], *, may_ask: bool) -> "Decide":
    """Return who decides conflicts: what the options say; for what they leave open a person, if one is there."""
    from asterism.client.join import MINE, THEIRS, by_path

    given = by_path({"mine": MINE, "theirs": THEIRS}.get(take or ""), mine, theirs)
    if not (may_ask and sys.stdin.isatty() and sys.stderr.isatty()):
        return given

    def decide(decisions: "Sequence[Decision]") -> Mapping[str, str]:
        answers = dict(given(decisions))
        for decision in decisions:
            if decision.path not in answers:
                answer = _ask(decision)
                if answer is None:
                    break
                answers[decision.path] = answer
        return answers

    return decide


def confirm(what: str, name: str, *, yes: bool) -> None:
    """Ask for the name of what is about to be removed, unless `yes`. Raises Invalid where nobody can be asked, and
    Conflict when something else was typed: then nothing has happened.
    """
    from asterism.base.errors import Conflict, Invalid

    if yes:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise Invalid(f"Removing {what} has to be confirmed.", hint="Say --yes.")
    sys.stderr.write(f"This removes {what}. Type {name!r} to go on: ")
    sys.stderr.flush()
    if sys.stdin.readline().strip() != name:
        raise Conflict(f"That is not {name!r}, so nothing was removed.", code="NOT_CONFIRMED")


def _ask(decision: "Decision") -> str | None:
    """Ask until there is an answer; None is to stop."""
    from asterism.cli.output import say
    from asterism.client.join import MINE, THEIRS

    say(f"{decision.path}: {KINDS.get(decision.kind, decision.kind)}")
    while True:
        sys.stderr.write("keep [m]ine, take [t]heirs, or [s]top? ")
        sys.stderr.flush()
        answer = sys.stdin.readline()
        first = answer.strip().lower()[:1]
        if first in ("m", "t"):
            return MINE if first == "m" else THEIRS
        if not answer or first in ("s", "q"):
            return None
