"""Memory with provenance and merge (Beyond 10): edits are joined by lines, and each line knows its version."""

from typing import Any

import pytest

from tests.support.talk import Talk
from tests.support.trees import error, field_error, make_workspace, ok

pytestmark = pytest.mark.xdist_group("llm")
OLD = "# Rules\n\none\n\ntwo\n\nthree\n"


@pytest.fixture(params=["project", "workspace"])
def path(talk: Talk, request: pytest.FixtureRequest) -> str:
    """Return the path of a document that was never written."""
    if request.param == "project":
        return f"/v1/projects/{talk.project_id}/memory"
    return f"/v1/workspaces/{make_workspace(talk.client, talk.project_id)}/memory"


def put(talk: Talk, path: str, content: str, **more: str) -> Any:
    return ok(talk.client.put(path, json={"content": content, **more}))


def test_edits_of_other_lines_are_joined(talk: Talk, path: str) -> None:
    base = put(talk, path, OLD)["updated_at"]
    put(talk, path, OLD.replace("one", "ONE"))
    written = put(talk, path, OLD.replace("three", "THREE"), base_updated_at=base)
    assert written == {
        "content": "# Rules\n\nONE\n\ntwo\n\nTHREE\n",
        "updated_at": written["updated_at"],
        "merged": True,
    }
    assert talk.get(path) == {"content": written["content"], "updated_at": written["updated_at"]}


def test_edits_of_the_same_line_conflict_and_show_both(talk: Talk, path: str) -> None:
    base = put(talk, path, OLD)["updated_at"]
    theirs = put(talk, path, OLD.replace("one", "ONE"))
    answer = talk.client.put(path, json={"content": OLD.replace("one", "1"), "base_updated_at": base})
    assert error(answer, 409, "MEMORY_CONFLICT")["details"] == {
        "current_updated_at": theirs["updated_at"],
        "base": OLD,
        "theirs": theirs["content"],
    }
    assert talk.get(path)["content"] == theirs["content"]


def test_nothing_is_called_merged_that_was_not(talk: Talk, path: str) -> None:
    first = put(talk, path, OLD)
    second = put(talk, path, OLD + "four\n", base_updated_at=first["updated_at"])
    assert set(second) == {"content", "updated_at"}
    same = put(talk, path, OLD + "four\n", base_updated_at=first["updated_at"])
    assert set(same) == {"content", "updated_at"}


def test_a_document_never_written_is_a_base(talk: Talk, path: str) -> None:
    born = talk.get(path)["updated_at"]
    put(talk, path, "a\n")
    answer = talk.client.put(path, json={"content": "b\n", "base_updated_at": born})
    assert error(answer, 409, "MEMORY_CONFLICT")["details"]["base"] == ""
    assert set(put(talk, path, "a\n", base_updated_at=born)) == {"content", "updated_at"}


def test_bases_that_are_not_kept_and_times_that_are_none(talk: Talk, path: str) -> None:
    base = put(talk, path, OLD)["updated_at"]
    current = put(talk, path, OLD + "four\n")["updated_at"]
    unknown = {"content": "x", "base_updated_at": "2020-01-01T00:00:00.000Z"}
    details = error(talk.client.put(path, json=unknown), 409, "MEMORY_CONFLICT")["details"]
    assert details == {"current_updated_at": current}
    field_error(talk.client.put(path, json={"content": "x", "base_updated_at": "yesterday"}), "base_updated_at")
    strict = {"content": OLD, "base_updated_at": base, "expected_updated_at": base}
    error(talk.client.put(path, json=strict), 409, "MEMORY_CONFLICT")
    put(talk, path, "x", base_updated_at=base, expected_updated_at=current)


def test_each_line_knows_who_brought_it(talk: Talk, path: str) -> None:
    assert talk.get(f"{path}/blame") == {"lines": []}
    stamps = [put(talk, path, text)["updated_at"] for text in ("a\nb\n", "a\nB\nc\n", "c\na\nB\nd", "x\nc\na\nB\nd")]
    lines = talk.get(f"{path}/blame")["lines"]
    assert [(line["text"], line["version"]) for line in lines] == [("x", 4), ("c", 3), ("a", 1), ("B", 2), ("d", 3)]
    assert all(line["at"] == stamps[line["version"] - 1] for line in lines)
    assert lines[0] == {"text": "x", "version": 4, "source": "user", "actor": "user", "at": stamps[3]}


def test_a_merge_keeps_what_each_side_brought(talk: Talk, path: str) -> None:
    base = put(talk, path, OLD)["updated_at"]
    put(talk, path, OLD.replace("one", "ONE"))
    put(talk, path, OLD.replace("three", "THREE"), base_updated_at=base)
    lines = talk.get(f"{path}/blame")["lines"]
    assert {line["text"]: line["version"] for line in lines if line["text"].isupper()} == {"ONE": 2, "THREE": 3}
