"""What the agent of a run is told. Pure."""

from collections.abc import Sequence
from typing import Final

from asterism.features.operations.action_items import StoredItem
from asterism.features.operations.action_runs.models import MAX_OUTPUT, Check
from asterism.features.operations.deployments import Log

INSTRUCTIONS: Final = """\
You work on one action item of a software project, alone: nobody answers questions, so decide for yourself what is \
reasonable. Change only what the item calls for. When you are done, the project is installed, built, type-checked and \
tested with its own commands; all of that has to succeed. End with a report for the people of the project: in the \
first three lines what you changed and why, then the details."""
NOBODY: Final = "Nobody can be asked here. Decide for yourself what is most reasonable, and go on."


def first_prompt(item: StoredItem, failed_output: str | None) -> str:
    """Return what the first attempt is asked; of a failed deployment with the output of the step that failed."""
    if failed_output is None:
        return item.note.prompt
    return f"{item.note.prompt}\n\nThe output of the step that failed:\n\n{failed_output[-MAX_OUTPUT:]}"


def later_prompt(first: str, trouble: str, checks: Sequence[Check]) -> str:
    """Return what a later attempt is asked: the same, with what was wrong with the one before."""
    failing = next((check for check in checks if not check.success), None)
    if failing is None:
        return f"{first}\n\nAn earlier attempt did not succeed: {trouble}"
    return (
        f"{first}\n\nAn earlier attempt is in the files already. After it, `{failing.command}` failed. Its output:\n\n"
        f"{(failing.output or '')[-MAX_OUTPUT:]}"
    )


def failed_output(log: Log) -> str | None:
    """Return what the step said in which a deployment failed, its last 12,000 characters; None when it said nothing.

    The last entry of the log is the reason of the failure, in the step `deploy` (Fastest 10.5).
    """
    entries = log.entries
    if entries and entries[-1].content == (log.deployment.error or "") and len(entries) > 1:
        entries = entries[:-1]
    if not entries:
        return None
    step = entries[-1].step
    return "\n".join(entry.content for entry in entries if entry.step is step)[-MAX_OUTPUT:] or None
