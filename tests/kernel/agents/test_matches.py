"""Edits and patches: exact, then tolerant, never a guess between two places."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asterism.kernel.agents.builtin.matches import EditRefused, replaced
from asterism.kernel.agents.builtin.patches import parse, results

CODE = "def a():\n    x = 1\n    return x\n\n\ndef b():\n    y = 2\n    return y\n"


def test_an_exact_place_is_replaced() -> None:
    edited = replaced(CODE, "x = 1", "x = 3")
    assert (edited.text, edited.line, edited.how) == (CODE.replace("x = 1", "x = 3"), 2, "")


def test_several_places_are_refused_by_their_lines_or_all_replaced() -> None:
    with pytest.raises(EditRefused, match=r"2 times \(lines 1, 6\)"):
        replaced(CODE, "def ", "async def ")
    edited = replaced(CODE, "def ", "async def ", everywhere=True)
    assert (edited.count, edited.text.count("async def")) == (2, 2)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("    x = 1   \n    return x", "    return 1", "    return 1"),  # white space at line ends
        ("x = 1\nreturn x", "return 1", "    return 1"),  # indentation lost
        ("\tx = 1\n\treturn x", "\tif x:\n\t\treturn 1", "    if x:\n    \treturn 1"),  # another indentation
        ("x=1\nreturn   x", "return 1", "    return 1"),  # white space within lines
        ("\n    x = 1\n    return x\n", "\n    return 1\n", "    return 1"),  # blank lines around
    ],
)
def test_a_single_place_is_found_tolerantly(old: str, new: str, expected: str) -> None:
    edited = replaced(CODE, old, new)
    assert edited.text == CODE.replace("    x = 1\n    return x", expected)


@pytest.mark.parametrize(
    ("old", "why"),
    [
        ("z = 1", "not found"),
        ("  return x  \n", "several places"),
        ("", "empty"),
        ("def c():\n    x = 1", "not found"),
        ("\n\n", "times"),
    ],
)
def test_what_is_not_there_or_in_doubt_changes_nothing(old: str, why: str) -> None:
    text = CODE + "\n    return x\n"
    with pytest.raises(EditRefused, match=why):
        replaced(text, old, "new")


def test_line_ends_of_the_file_are_kept() -> None:
    text = CODE.replace("\n", "\r\n")
    assert replaced(text, "    x = 1\n    return x", "    y = 1\n    return y").text == text.replace(
        "x", "y", 2
    ).replace("return x", "return y")
    assert "\r\n" not in replaced(CODE, "x = 1\r\n", "x = 2\r\n").text


@given(
    st.text(alphabet="ab \n\t", max_size=60), st.text(alphabet="ab \n\t", min_size=1, max_size=8), st.text(max_size=8)
)
def test_what_is_not_replaced_stays(text: str, old: str, new: str) -> None:
    try:
        edited = replaced(text, old, new)
    except EditRefused:
        return
    if not edited.how:
        assert edited.text == text.replace(old, new, 1)
    else:
        assert edited.text.split("\n")[: edited.line - 1] == text.split("\n")[: edited.line - 1]


PATCH = """*** Begin Patch
*** Update File: a.py
@@ def b():
-    y = 2
+    y = 3
     return y
*** Add File: new/c.py
+print("c")
*** Delete File: old.txt
*** Update File: d.py
*** Move to: e.py
@@
 one
+one and a half
 two
*** End Patch"""


def applied(patch: str, files: dict[str, str]) -> dict[str, str]:
    after = dict(files)
    for path, text in results(parse(patch), files.get):
        if text is None:
            del after[path]
        else:
            after[path] = text
    return after


def test_a_patch_changes_several_files() -> None:
    after = applied(PATCH, {"a.py": CODE, "old.txt": "x", "d.py": "one\ntwo\n"})
    assert after == {
        "a.py": CODE.replace("y = 2", "y = 3"),
        "new/c.py": 'print("c")\n',
        "e.py": "one\none and a half\ntwo\n",
    }


@pytest.mark.parametrize(
    ("patch", "why"),
    [
        ("*** Update File: a.py", "begin with a line"),
        ("*** Begin Patch\n*** Update File: a.py\n-x", "cut off"),
        ("*** Begin Patch\n*** End Patch", "names no file"),
        ("*** Begin Patch\n+x\n*** End Patch", "Line 2"),
        ("*** Begin Patch\n*** Update File: a.py\nx = 1\n*** End Patch", "begins with neither"),
        ("*** Begin Patch\n*** Update File: a.py\n@@\n-nothing like it\n*** End Patch", "no such lines"),
        ("*** Begin Patch\n*** Update File: a.py\n@@\n     return\n*** End Patch", "no such lines"),
        ("*** Begin Patch\n*** Update File: twice\n@@\n-x\n+y\n*** End Patch", "several places"),
        ("*** Begin Patch\n*** Update File: none\n@@\n-x\n*** End Patch", "does not exist"),
        ("*** Begin Patch\n*** Delete File: none\n*** End Patch", "does not exist"),
        ("*** Begin Patch\n*** Add File: a.py\n+x\n*** End Patch", "there already"),
        ("*** Begin Patch\n*** Update File: twice\n*** Move to: a.py\n@@\n x\n*** End Patch", "several|there already"),
    ],
)
def test_a_patch_that_does_not_fit_is_refused(patch: str, why: str) -> None:
    files = {"a.py": CODE, "twice": "x\nx\n"}
    with pytest.raises(EditRefused, match=why):
        applied(patch, files)


def test_a_patch_keeps_line_ends_and_a_missing_last_one() -> None:
    patch = "*** Begin Patch\n*** Update File: f\n@@\n-b\n+c\n*** End of File\n*** End Patch"
    assert applied(patch, {"f": "a\r\nb\r\n"}) == {"f": "a\r\nc\r\n"}
    assert applied(patch, {"f": "b\nb"}) == {"f": "b\nc"}
