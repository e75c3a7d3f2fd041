"""What the guides say is true: the places they name exist, and the pages of the reference are listed."""

import re
from pathlib import Path
from typing import get_type_hints

import msgspec
import pytest

from asterism.server.settings import Settings
from tests.architecture.source import ROOT, repository_files, shown
from tools.reference.__main__ import PAGES
from tools.reference.settings import split

GUIDES = [path for path in repository_files() if path.suffix == ".md" and "reference" not in path.parts]
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
NAMING = [
    guide for guide in GUIDES if "spec" not in guide.parts
]  # the specification's examples have paths of their own
TOP = {"src", "tests", "docs", "tools", "bench", "web", "requirements", ".ci"}
LAYERS = {"base", "vcs", "kernel", "features", "asgi", "faces", "client", "cli", "server"}


def places(text: str) -> list[str]:
    """Return what a guide names in code style that looks like a path of the repository."""
    found = []
    for code in CODE.findall(text):
        name = code.partition("::")[0].partition("*")[0].rstrip("/")
        head = name.partition("/")[0]
        if re.fullmatch(r"[\w./-]+", name) and "/" in name and head in TOP | LAYERS:
            found.append(name)
    return found


@pytest.mark.parametrize("guide", NAMING, ids=shown)
def test_every_place_that_a_guide_names_exists(guide: Path) -> None:
    missing = [
        name
        for name in places(guide.read_text())
        if not any((base / name).exists() for base in (ROOT, ROOT / "src" / "asterism"))
    ]
    assert not missing


@pytest.mark.parametrize("guide", GUIDES, ids=shown)
def test_every_link_leads_somewhere(guide: Path) -> None:
    targets = [target for target in LINK.findall(guide.read_text()) if "://" not in target]
    assert not [target for target in targets if not (guide.parent / target).exists()]


def test_every_decision_has_a_number_and_its_four_parts() -> None:
    numbers = []
    for record in sorted((ROOT / "docs" / "adr").glob("*.md")):
        text = record.read_text()
        numbers.append(record.name[:4])
        assert re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", record.name)
        for part in ("Context", "Decision", "Consequences", "Enforced by"):
            assert re.search(rf"^(#+ |\*\*){part}", text, re.MULTILINE), f"{record.name} lacks {part!r}"
    assert len(numbers) == len(set(numbers))


def test_the_glossary_is_sorted_and_says_something_of_each_word() -> None:
    rows = [line.strip("| ").split(" | ", 1) for line in (ROOT / "docs" / "glossary.md").read_text().splitlines()[6:]]
    words = [row[0].strip("*` ").lower() for row in rows if len(row) == 2]
    assert words == sorted(words)
    assert len(words) == len(set(words))
    assert all(row[1].strip() for row in rows if len(row) == 2)


def test_every_setting_is_explained() -> None:
    hints = get_type_hints(Settings, include_extras=True)
    silent = [f.name for f in msgspec.structs.fields(Settings) if not split(hints[f.name])[1]]
    assert not silent


def test_the_index_lists_every_page_of_the_reference() -> None:
    index = (ROOT / "docs" / "README.md").read_text()
    assert not [page for page in PAGES if page not in index]
