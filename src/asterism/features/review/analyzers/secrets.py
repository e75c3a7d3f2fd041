"""The secret detector as an analyzer: every reviewed text file, added lines only (Stargazer 5.9.4)."""

import asyncio

from asterism.features.review.analyzers.models import Finding, Job
from asterism.features.review.findings import Category, Lens, ReviewedFile, SecretMatch, detector, lower

_NAMES = {
    "private-key": "Private key",
    "aws-access-key": "AWS access key",
    "github-token": "GitHub token",
    "anthropic-key": "Anthropic API key",
    "openai-key": "OpenAI API key",
    "google-api-key": "Google API key",
    "gitlab-token": "GitLab token",
    "slack-token": "Slack token",
    "stripe-key": "Stripe live key",
    "npm-token": "npm token",
    "pypi-token": "PyPI token",
    "sendgrid-key": "SendGrid key",
    "azure-storage-key": "Azure storage key",
    "asterism-token": "Asterism access token",
    "connection-url": "Password in a connection address",
    "jwt": "Signed web token",
    "assignment": "Hardcoded credential",
}


class Secrets:
    """The analyzer `secrets`."""

    id = "secrets"

    def skipped(self, job: Job) -> str | None:
        """Run whenever there is a file."""
        return None if job.files else ""

    async def run(self, job: Job) -> list[Finding]:
        """Look at every added line."""
        return await asyncio.to_thread(lambda: [finding for file in job.files for finding in check(file)])


def check(file: ReviewedFile) -> list[Finding]:
    """Report at most one secret per added line, the worst one; placeholders are no findings."""
    worst: dict[int, SecretMatch] = {}
    for (first, text), matches in zip(file.texts, file.secrets, strict=True):
        number, at = first, 0
        for match in matches:
            number, at = number + text.count("\n", at, match.start), match.start
            if not match.placeholder and number in file.diff.added_numbers:
                worst[number] = min(worst.get(number, match), match, key=_rank)
    return [_finding(file, number, match) for number, match in worst.items()]


def _rank(match: SecretMatch) -> tuple[int, float]:
    return detector.weight(match.kind), -match.kind.confidence


def _finding(file: ReviewedFile, number: int, match: SecretMatch) -> Finding:
    kind = match.kind
    name = _NAMES[kind.name]
    shown = detector.masked(match)
    title = name if kind.name in {"connection-url", "assignment"} else f"{name} in the source"
    return Finding(
        source="secrets", rule_id=kind.name, file=file.path, start=number, end=number, lens=Lens.SECURITY,
        category=Category.SECURITY, severity=lower(kind.severity) if file.is_test else kind.severity,
        confidence=kind.confidence, title=title, message=f"{name} found: {shown}",
        rationale="The changed line holds a value with the shape of a credential.",
        why="Everybody who can read the repository can use it, and it stays in the history after it is removed.",
        recommendation="Revoke and replace the value, then read it from the environment or a secret store.",
    )  # fmt: skip
