"""Every section of the specification that something cites is there."""

import re
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, shown, text_files

SPEC = ROOT / "docs" / "spec"
PAGES = {path.stem.capitalize(): path for path in SPEC.glob("*.md") if path.stem != "README"}
NUMBER = r"\d+(?:\.\d+)*"
CITED = re.compile(rf"\b({'|'.join(PAGES)}) ({NUMBER}(?:(?:, | and |-)\d+(?:\.\d+)+)*)")
REQUIREMENT = re.compile(r"(?<![\w\]])\[(\d{1,2}\.\d{1,2})\](?!\()")
HEADING = re.compile(rf"#+ ({NUMBER})\.?[ `]")
ROW = re.compile(rf"\| ({NUMBER}) \|")
ITEM = re.compile(r"(\d+)\. ")
CITING = [path for path in text_files() if path.suffix in {".py", ".md"} and not path.is_relative_to(SPEC)]


@cache
def sections(page: str) -> frozenset[str]:
    """Return the numbers that a page defines: headings, numbered rows of its tables, numbered items of a section."""
    found, section = set(), ""
    for line in PAGES[page].read_text().splitlines():
        if heading := HEADING.match(line):
            section = heading[1]
            found.add(section)
        elif row := ROW.match(line):
            found |= {row[1], f"{section}.{row[1]}"}
        elif item := ITEM.match(line):
            found.add(f"{section}.{item[1]}")
    return frozenset(found)


@cache
def requirements() -> frozenset[str]:
    """Return the numbered requirements of the Stargazer page."""
    return frozenset(re.findall(r"^(?:- |\d+\. |\| )?\[(\d+\.\d+)\]", PAGES["Stargazer"].read_text(), re.M))


def unresolved(text: str) -> list[str]:
    """Return the citations of a text that lead nowhere."""
    wrong = [
        f"{page} {number}"
        for page, numbers in CITED.findall(text)
        for number in re.findall(NUMBER, numbers)
        if number not in sections(page)
    ]
    return wrong + [f"[{number}]" for number in REQUIREMENT.findall(text) if number not in requirements()]


@pytest.mark.parametrize("path", CITING, ids=shown)
def test_every_citation_leads_to_a_section(path: Path) -> None:
    assert not unresolved(text_files()[path])


@pytest.mark.parametrize("page", sorted(PAGES))
def test_the_pages_cite_each_other_rightly(page: str) -> None:
    assert not [f"{p} {n}" for p, n in CITED.findall(PAGES[page].read_text()) if n not in sections(p)]


def test_a_wrong_citation_is_seen() -> None:
    nowhere = "99.9"
    assert unresolved(f"see Fastest 7.3, {nowhere} and [5.32], [{nowhere}]") == [f"Fastest {nowhere}", f"[{nowhere}]"]
