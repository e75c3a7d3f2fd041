"""Telling the project log what became of findings (Beyond 1)."""

from asterism.features.review.tracked_findings.models import Tracked
from asterism.features.versions import project_log
from asterism.features.versions.project_log import FindingDismissed, FindingFixed, FindingNew
from asterism.kernel.db import Tx


def found(tx: Tx, one: Tracked, *, workspace_id: str, tree: str | None, actor: str, again: bool) -> None:
    """Tell that there is a finding, for the first time or again."""
    issue = one.issue
    told = FindingNew(issue.file, issue.line_start, issue.severity.value, issue.lens.value, issue.title, again)
    sentence = "There is again" if again else "There is"
    project_log.append(
        tx,
        one.project_id,
        told,
        title=f"{sentence} a finding in {issue.file}: {issue.title}",
        subject=("finding", one.id),
        actor=actor,
        workspace_id=workspace_id,
        tree=tree,
    )


def fixed(tx: Tx, one: Tracked) -> None:
    """Tell that a finding is in no workspace any more."""
    project_log.append(
        tx,
        one.project_id,
        FindingFixed(one.issue.file, one.issue.title),
        title=f"A finding in {one.issue.file} is fixed: {one.issue.title}",
        subject=("finding", one.id),
        tree=one.gone_tree,
    )


def dismissed(tx: Tx, one: Tracked, *, actor: str) -> None:
    """Tell that a finding is not wanted."""
    project_log.append(
        tx,
        one.project_id,
        FindingDismissed(one.issue.file, one.issue.title),
        title=f"A finding in {one.issue.file} was dismissed: {one.issue.title}",
        subject=("finding", one.id),
        actor=actor,
    )
