"""Every typed error has a status on each face, and a name that says what went wrong."""

import re

import pytest

from asterism.base.errors import DomainError, Kind
from tools.reference.errors import error_classes, status_functions

CLASSES = error_classes()
SHARED = {"VALIDATION_ERROR", "UNAUTHORIZED"}


@pytest.mark.parametrize("error", CLASSES, ids=lambda e: f"{e.__module__}.{e.__name__}")
def test_it_is_mapped_on_each_face(error: type[DomainError]) -> None:
    for status_of in status_functions().values():
        assert 400 <= status_of(error) < 600
    assert re.fullmatch(r"[A-Z][A-Z0-9_]*", error.code)
    assert error.__doc__
    assert error.__doc__.strip()


def test_every_kind_is_used_and_none_is_unforeseen() -> None:
    assert {error.kind for error in CLASSES} == set(Kind)


def test_only_a_server_at_fault_answers_500() -> None:
    wrong = [
        f"{face} {error.__name__} {status(error)}"
        for face, status in status_functions().items()
        for error in CLASSES
        if status(error) >= 500 and error.kind is not Kind.UNAVAILABLE
    ]
    assert not wrong


def test_one_code_has_one_status_on_a_face_unless_its_kinds_differ() -> None:
    for status in status_functions().values():
        by_code: dict[tuple[str, Kind], set[int]] = {}
        for error in CLASSES:
            by_code.setdefault((error.code, error.kind), set()).add(status(error))
        assert not {code: found for code, found in by_code.items() if len(found) > 1}
