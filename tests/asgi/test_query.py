"""Query strings read into Structs, in the dialects of both faces."""

from typing import Annotated, Any, Literal

import msgspec
import pytest

from asterism.asgi.query import Dialect, IgnoredWith, QueryReader
from asterism.base.errors import Invalid

Limit = Annotated[int, msgspec.Meta(ge=1, le=100)]
LOCAL = Dialect(frozenset({"true", "1", ""}), frozenset({"false", "0"}), clamps=False)


class Paging(msgspec.Struct):
    limit: Limit = 20
    cursor: str | None = None
    scope: Literal["mine", "all"] = "mine"
    lines: bool = False
    file: list[str] = []


class Needed(msgspec.Struct, rename="camel"):
    project_path: str
    limit: Limit | None = None


def read(shape: Any, dialect: Dialect = Dialect(), **values: str | list[str]) -> Any:  # noqa: B008 - it is frozen
    single = {name: value if isinstance(value, str) else value[-1] for name, value in values.items()}
    many = {name: [value] if isinstance(value, str) else value for name, value in values.items()}
    return QueryReader(shape, dialect).read(single, lambda name: many.get(name, []))


def problem(shape: Any, dialect: Dialect = Dialect(), **values: str) -> tuple[str, str]:  # noqa: B008
    with pytest.raises(Invalid) as caught:
        read(shape, dialect, **values)
    details = caught.value.details
    assert details is not None
    field = details["fields"][0]
    return field["path"], field["problem"]


def test_defaults_and_values() -> None:
    assert read(Paging) == Paging()
    assert read(Paging, limit="7", cursor="", scope="all", lines="true", other="x") == Paging(7, "", "all", True)
    assert read(Paging, file=["a", "b"]).file == ["a", "b"]
    assert read(Needed, projectPath="/x") == Needed("/x")


def test_above_the_maximum_counts_as_the_maximum_or_is_refused() -> None:
    assert read(Paging, limit="101").limit == 100
    assert read(Paging, limit="999999999999999").limit == 100
    assert problem(Paging, LOCAL, limit="101") == ("query.limit", "must be at most 100")
    assert read(Paging, LOCAL, limit="100").limit == 100


@pytest.mark.parametrize("text", ["0", "-1", "", "1.5", "x", "٣", "1" * 16])
def test_what_is_no_number(text: str) -> None:
    assert problem(Paging, limit=text) == ("query.limit", "must be an integer of at least 1")


def test_booleans_are_spelled_as_the_face_says() -> None:
    assert problem(Paging, lines="1") == ("query.lines", "must be true or false")
    assert read(Paging, LOCAL, lines="").lines is True
    assert read(Paging, LOCAL, lines="0").lines is False


def test_what_is_missing_or_no_choice_is_named_as_it_is_sent() -> None:
    assert problem(Needed) == ("query.projectPath", "is required")
    assert problem(Needed, projectPath="") == ("query.projectPath", "is required")
    assert problem(Paging, scope="some") == ("query.scope", "must be one of all, mine")
    assert problem(Paging, cursor="a\x00") == ("query.cursor", "holds U+0000")


class Rivals(msgspec.Struct):
    mode: str | None = None
    staged: Annotated[bool, IgnoredWith("mode")] = False


def test_a_parameter_is_not_looked_at_beside_its_rival() -> None:
    assert read(Rivals, staged="true").staged is True
    assert read(Rivals, mode="", staged="nonsense") == Rivals("", False)
    assert problem(Rivals, staged="nonsense")[0] == "query.staged"


def test_whether_an_empty_text_is_a_value_where_one_is_required() -> None:
    assert problem(Needed, projectPath="") == ("query.projectPath", "is required")
    assert read(Needed, Dialect(empties=True), projectPath="") == Needed("")
    assert problem(Needed, Dialect(empties=True)) == ("query.projectPath", "is required")
