"""No line and no file of a stranger makes a pattern slow: each is fed its own words, repeated, as its worst input."""

import importlib
import pkgutil
import re
import time
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from types import ModuleType
from typing import Any

import pytest

from asterism.base.linear import Pattern
from asterism.features.review import analyzers, exports, findings
from asterism.features.review.analyzers import diff_rules, patterns, secrets
from asterism.features.review.analyzers.languages import LONGEST
from asterism.features.review.findings import ReviewedFile
from tests.support.diffs import added_file

SIZE = 100_000
SECONDS = 2.0
"""Of the thread's own time; what is linear needs hundredths of it, what is quadratic hundreds of times as much."""
GENERIC = ("a", " ", '"', "'", "\\", '\\"', "`", "(", "((", "a.", "a=", "<", "{", ";", "/", "+", "-", "=", "a b", "\t")


def modules() -> Iterator[ModuleType]:
    for package in (analyzers, findings, exports):
        yield package
        for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            yield importlib.import_module(found.name)


def patterns_in(value: Any) -> Iterator[Pattern]:
    if isinstance(value, Pattern):
        yield value
    elif isinstance(value, tuple | list | frozenset | set):
        for entry in value:
            yield from patterns_in(entry)
    elif isinstance(value, dict):
        yield from patterns_in(list(value.values()))
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from patterns_in(getattr(value, field.name, None))


ALL = sorted({pattern.text for module in modules() for pattern in patterns_in(list(vars(module).values()))})


def literals(pattern: str) -> list[str]:
    """Read the words of a pattern, with what its escapes stand for."""
    plain = re.sub(r"\(\?[P<a-z>:!=]*|\\[bBwWsSdDzA]|\{\d+(?:,\d*)?\}", "|", pattern)
    words = re.split(r"[|()\[\]^$?*+]+", re.sub(r"\\(.)", r"\1", plain))
    return sorted({word for word in words if word.strip()})[:40]


def worst(pattern: str) -> Iterator[str]:
    words = literals(pattern)
    for word in [*words, "".join(words), " ".join(words), *GENERIC]:
        yield word * (SIZE // len(word) + 1)


def test_there_are_patterns_to_try() -> None:
    assert len(ALL) > 60


@pytest.mark.parametrize("text", ALL)
def test_every_pattern_is_linear_on_its_worst_input(text: str) -> None:
    pattern = Pattern(text)
    for hostile in worst(text):
        before = time.thread_time()
        pattern.search(hostile)
        sum(1 for _ in zip(range(5_000), pattern.finditer(hostile[: SIZE // 4]), strict=False))
        assert time.thread_time() - before < SECONDS, hostile[:80]


@pytest.mark.parametrize("package", ["analyzers", "findings", "exports"])
def test_no_other_engine_reads_a_strangers_text(package: str) -> None:
    used = [
        module.__name__
        for module in modules()
        if f".{package}" in module.__name__ and getattr(module, "re", None) is re
    ]
    assert not used


HOSTILE_LINES = (
    'x = "' + 'secret:"' * 12_000,
    "const token = " + "secret = " * (LONGEST // 9 - 4),
    "for (" + "for(;" * (LONGEST // 5 - 4),
    '"' + '\\"' * (LONGEST // 2 - 4),
    "# noqa " * 20_000,
    '"' + "# noqa " * 20_000,
    "\U0001f468\u200d" * 50_000,
    "password=" * 12_000,
    "a://b:" * 20_000,
    "a://b:c@" * 12_000,
    "-----BEGIN A " * 8_000 + "PRIVATE KEY-----" * 100,
    "-----BEGIN " + "PRIVATE KEY-----\n" + "+" * 100_000 + "!",
    "-----BEGIN " + "PRIVATE KEY-----\n" + "MIIEowIBAAKCAQEA7bq1c2MIIEowIBAAKCAQEA7bq1c2\n" * 4_000,
    "eyJ" * 30_000,
    "eyJhbGciOiJIUzI1NiJ9." * 5_000,
    "api_key: " * 11_000 + "${",
    "AKIA" * 25_000,
    "<password>" * 10_000,
    "password\n" * 10_000,
    "if (" + "a = b " * (LONGEST // 6 - 4),
)


@pytest.mark.parametrize("line", HOSTILE_LINES, ids=lambda line: ascii(line[:20]))
@pytest.mark.parametrize("name", ["a.js", "a.go", "a.py"])
def test_no_line_holds_an_analyzer_up(line: str, name: str) -> None:
    file = ReviewedFile(added_file(name, line), line + "\n")
    before = time.thread_time()
    for rule in diff_rules.RULES:
        list(rule.check(file))
    list(patterns.check(file))
    secrets.check(file)
    _ = file.shown_lines
    assert time.thread_time() - before < 2 * SECONDS


def test_a_file_full_of_the_worst_lines_is_done_in_time() -> None:
    """Two MiB is the most that a review takes."""
    line = ('token = "' + 'secret:"' * 300)[: LONGEST - 1]
    count = (2 << 20) // len(line)
    file = ReviewedFile(added_file("a.js", "\n".join(f"{line}{number}" for number in range(count))))
    before = time.thread_time()
    list(patterns.check(file))
    secrets.check(file)
    assert time.thread_time() - before < 20 * SECONDS
