"""The summary of a review: the headline and what a reader must know besides (Stargazer [5.56]). Pure."""

from collections.abc import Sequence

from asterism.features.review.findings import Issue, Lens, headline
from asterism.features.review.inspection.models import Change, Dropped, LensStatus, Options, Skip
from asterism.features.review.inspection.pipeline import Outcome

_SHOWN = 10
_REASONS = (
    ("malformed", "malformed"),
    ("unsupported", "unsupported"),
    ("pre_existing", "about unchanged code"),
    ("refuted", "refuted"),
    ("below_threshold", "below the minimum severity"),
    ("dismissed", "dismissed earlier"),
)


def summary(
    issues: Sequence[Issue],
    *,
    files: int,
    lenses: Sequence[Lens],
    model_used: bool,
    statuses: Sequence[LensStatus],
    failed_analyzers: Sequence[tuple[str, str]],
    partial_analyzers: Sequence[tuple[str, str]] = (),
    skipped: Sequence[Skip],
    dropped: Dropped,
    notes: Sequence[str] = (),
) -> str:
    """Write the summary; lines that do not apply are left out."""
    lines = [headline(issues)]
    noun = "file" if files == 1 else "files"
    lines.append(f"Reviewed {files} {noun} with {', '.join(lens.value for lens in lenses)}.")
    if not model_used:
        lines.append("No model configured; only static checks ran. To set one up, run: asterism providers set")
    else:
        lines += [_lens_note(status) for status in statuses if status.status == "failed" or status.coverage != "full"]
    lines += [f"The analyzer {name} failed: {detail}." for name, detail in failed_analyzers]
    lines += [f"The analyzer {name} {detail}." for name, detail in partial_analyzers]
    lines += list(notes)
    if skipped:
        lines.append(skip_line(skipped))
    counted = [(getattr(dropped, name), word) for name, word in _REASONS]
    reasons = [f"{amount} {word}" for amount, word in counted if amount]
    if reasons:
        lines.append(f"Left out: {', '.join(reasons)}.")
    if dropped.over_cap:
        lines.append(f"{dropped.over_cap} more issues are over the limit of a review and were left out.")
    return "\n".join(lines)


def _lens_note(status: LensStatus) -> str:
    reason = f": {status.error}" if isinstance(status.error, str) else "."
    if status.status == "failed":
        return f"The lens {status.lens_id.value} failed{reason}"
    return f"The lens {status.lens_id.value} saw only a part of the change{reason}"


def skip_line(skipped: Sequence[Skip]) -> str:
    """Name the skipped files, the first ten and how many more."""
    noun = "file" if len(skipped) == 1 else "files"
    names = ", ".join(f"{skip.file} ({skip.reason})" for skip in skipped[:_SHOWN])
    more = f" and {len(skipped) - _SHOWN} more" if len(skipped) > _SHOWN else ""
    return f"Skipped {len(skipped)} {noun}: {names}{more}."


def agents_line(counts: Sequence[tuple[str, int]]) -> str:
    """Write one sentence per agent: `Detective: 1 issue.`"""
    return " ".join(f"{name}: {amount} {'issue' if amount == 1 else 'issues'}." for name, amount in counts)


def summary_of(change: Change, options: Options, outcome: Outcome, issues: tuple[Issue, ...], *, model: bool) -> str:
    """Write the summary."""
    return summary(
        issues,
        files=len(change.files),
        lenses=options.lenses,
        model_used=model,
        statuses=outcome.lenses,
        failed_analyzers=outcome.failed_checks,
        partial_analyzers=[(one.id, one.detail) for one in outcome.checks if one.status == "ok" and one.detail],
        skipped=change.skipped,
        dropped=outcome.dropped,
        notes=outcome.notes,
    )
