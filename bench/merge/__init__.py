"""Merging one file that two people changed: what is right, left as a conflict, or wrong; by git and by ours."""

from collections import Counter

from bench.merge.corpus import all_cases
from bench.merge.scoring import Outcome, by_git, by_us, judge, shares
from bench.report import Report

TITLE = "Merges of one file: git merge-file and ours, on a corpus with right answers"


def run() -> Report:
    """Merge the corpus both ways."""
    report = Report()
    git: dict[str, list[Outcome]] = {}
    ours: dict[str, list[Outcome]] = {}
    left: list[Outcome] = []
    true = Counter[bool]()
    for case in all_cases():
        texts = [text.encode() for text in (case.base, case.ours, case.main)]
        expected = None if case.expected is None else case.expected.encode()
        from_git, from_us = by_git(*texts), by_us(case.path, *texts)
        git.setdefault(case.language, []).append(judge(from_git, expected))
        ours.setdefault(case.language, []).append(judge(from_us, expected))
        if from_git is None and expected is not None:
            left.append(judge(from_us, expected))
        if expected is None:
            true[from_us is None] += 1
    rows = [[language, len(git[language]), shares(git[language]), shares(ours[language])] for language in git]
    everything = [[outcome for part in parts.values() for outcome in part] for parts in (git, ours)]
    rows.append(["all", len(everything[0]), *map(shares, everything)])
    report.table(["language", "cases", "git merge-file", "ours"], rows)
    report.note(f"of {len(left)} that git leaves as a conflict and that have an answer, ours: {shares(left)}")
    report.note(f"of {true.total()} true conflicts {true[True]} stay one")
    return report
