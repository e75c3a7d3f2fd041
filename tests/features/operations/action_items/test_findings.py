"""What an analysis says of paths and findings, and how a model's answer is read. Pure."""

import pytest

from asterism.features.operations.action_items import findings, item_rows, prompts
from asterism.features.operations.action_items.findings import Found
from asterism.features.operations.action_items.models import Named
from asterism.features.versions.drift import MainDrift


def code(number: int) -> list[str]:
    return [f"src/m{index}.py" for index in range(number)]


@pytest.mark.parametrize(
    ("paths", "said"),
    [
        (code(4), None),
        (code(5), ("warning", "No tests found")),
        (code(19), ("warning", "No tests found")),
        (code(20), ("critical", "No tests found")),
        ([*code(11), "tests/test_a.py"], ("info", "Few tests")),
        ([*code(10), "tests/test_a.py"], None),
        ([*code(5), "README.md", "a.css", "test/data.json"], ("warning", "No tests found")),
        ([*code(10), "src/__tests__/a.ts"], None),
        ([*code(10), "src/a.spec.tsx"], None),
        ([*code(10), "src/a_test.go"], None),
    ],
)
def test_how_many_tests_are_few(paths: list[str], said: tuple[str, str] | None) -> None:
    notes = findings.notes_of_tests(paths)
    assert [(note.severity, note.title) for note in notes] == ([said] if said else [])


def found(line: int, *, severe: bool = True, rule: str = "github-token") -> Found:
    return Found("secrets", rule, line, severe, "GitHub token in the source", "Revoke it.")


def test_one_note_for_each_rule_whose_cause_does_not_care_about_lines() -> None:
    (one,) = findings.notes_of_findings({"a.py": [found(3)], "b.py": [found(1), found(2)]})
    (moved,) = findings.notes_of_findings({"a.py": [found(40)], "b.py": [found(1), found(2)]})
    (more,) = findings.notes_of_findings({"a.py": [found(3), found(4)], "b.py": [found(1), found(2)]})
    assert (one.type, one.severity, one.rule) == ("security", "critical", "secrets:github-token")
    assert one.files == ("a.py", "b.py")
    assert one.cause == moved.cause != more.cause
    assert "a.py:3" in one.prompt
    assert len(findings.notes_of_findings({"a.py": [found(1), found(2, rule="npm-token")]})) == 2


BLOBS = {"a.py": "1" * 64, "b.py": "2" * 64}
ITEM = {
    "type": "refactoring",
    "severity": "info",
    "title": "Split the loop",
    "description": "It does two things.",
    "files": ["a.py"],
}


def test_a_models_good_items_are_taken_and_at_most_three() -> None:
    titles = [ITEM | {"title": f"Split {number}"} for number in range(5)]
    notes = prompts.read({"items": [None, ITEM | {"type": "drift"}, ITEM | {"files": ["c.py"]}, *titles]}, BLOBS)
    assert notes is not None
    assert [note.title for note in notes] == ["Split 0", "Split 1", "Split 2"]
    assert all(findings.of_model(note.rule) for note in notes)
    (twice,) = prompts.read({"items": [ITEM, ITEM | {"title": "split  THE loop"}]}, BLOBS) or []
    assert twice.title == "Split the loop"


@pytest.mark.parametrize("answer", [None, {}, {"items": "none"}, {"steps": []}])
def test_an_unusable_answer_is_no_answer_and_an_empty_one_is(answer: dict[str, object] | None) -> None:
    assert prompts.read(answer, BLOBS) is None
    assert prompts.read({"items": []}, BLOBS) == []


def test_what_a_model_sees_holds_no_secret() -> None:
    key = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    asked = prompts.question({"a.py": f"token = '{key}'\n".encode()})
    assert key not in asked.data
    assert "a.py" in asked.data


@pytest.mark.parametrize(("overlaps", "severity"), [(0, "info"), (1, "warning"), (5, "warning"), (6, "critical")])
def test_drift_is_as_bad_as_its_overlaps(overlaps: int, severity: str) -> None:
    place = Named("w", "side", "p", "demo")
    item = item_rows.of_drift(MainDrift("w", "compare", 2, overlaps, 1, "2026-01-01T00:00:00.000Z", "x"), place)
    assert (item.severity, item.description) == (severity, f"2 only there, {overlaps} different here")
    assert item.title == f"{2 + overlaps} files to take from main"


def test_the_worst_come_first_then_the_most_drift_then_the_newest() -> None:
    place = Named("w", "side", "p", "demo")

    def item(added: int, overlaps: int, at: str) -> str:
        found = item_rows.of_drift(MainDrift("w", "compare", added, overlaps, 0, at, "x"), place)
        items.append(found)
        return found.created_at + found.severity

    items: list[item_rows.ActionItem] = []
    wanted = [item(0, 6, "1"), item(9, 1, "2"), item(2, 1, "4"), item(2, 1, "3"), item(8, 0, "9")]
    listed = item_rows.ordered(reversed(items), 200)
    assert [one.created_at + one.severity for one in listed] == wanted
    assert len(item_rows.ordered(items, 2)) == 2
