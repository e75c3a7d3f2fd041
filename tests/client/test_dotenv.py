"""Files of variables, as people and tools write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asterism.base.errors import Invalid
from asterism.client.dotenv import read_variables


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A=1\nB = two words \n", {"A": "1", "B": "two words"}),
        ("# comment\n\nexport A=1\n", {"A": "1"}),
        ("A=1 # why\nB=1#2\nC=#x", {"A": "1", "B": "1#2", "C": ""}),
        ("A=\"a # b\"\nB='$HOME \\n'", {"A": "a # b", "B": "$HOME \\n"}),
        ('A="one\\ntwo\\"\\\\"', {"A": 'one\ntwo"\\'}),
        ('KEY="-----BEGIN\nabc\n-----END"\nB=2', {"KEY": "-----BEGIN\nabc\n-----END", "B": "2"}),
        ("A=1\nA=2", {"A": "2"}),
        ("\ufeffA=1\r\nB=2\r\n", {"A": "1", "B": "2"}),
        ("A=", {"A": ""}),
        ("URL=postgres://u:p@h/d?x=y", {"URL": "postgres://u:p@h/d?x=y"}),
    ],
)
def test_what_is_written_is_what_is_read(text: str, found: dict[str, str]) -> None:
    assert read_variables(text) == found


@pytest.mark.parametrize(
    ("text", "said"), [("A=1\nnonsense", "Line 2"), ("1A=2", "Line 1"), ('A=1\nB="x\ny', "line 2 are never closed")]
)
def test_what_cannot_be_read_is_named(text: str, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        read_variables(text)


@given(st.dictionaries(st.from_regex(r"[A-Z_]{1,8}", fullmatch=True), st.text(st.characters(exclude_characters="\0"))))
def test_any_value_can_be_written_in_double_quotes(values: dict[str, str]) -> None:
    def quoted(value: str) -> str:
        return "".join({"\n": "\\n", "\r": "\\r", '"': '\\"', "\\": "\\\\"}.get(one, one) for one in value)

    lines = [f'{key}="{quoted(value)}"' for key, value in values.items()]
    if all(len(line.splitlines()) == 1 for line in lines):
        assert read_variables("\n".join(lines)) == values
