"""Merging by structure: what is proven, what is refused, and input made to hurt."""

import subprocess
import sys
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asterism.vcs.merge import combine
from asterism.vcs.structure import merge_structure, proof
from asterism.vcs.structure.grammars import MAX_BYTES, language_of, parse
from asterism.vcs.structure.inline import join_names, join_sets
from asterism.vcs.structure.markdown import read_markdown
from asterism.vcs.structure.pieces import Collection, Item
from asterism.vcs.structure.reader import read

HERE = Path(__file__).parents[3]


def merge(path: str, base: str, ours: str, main: str) -> str | None:
    found = merge_structure(path, base.encode(), ours.encode(), main.encode())
    return None if found is None else found.content.decode()


def test_a_result_says_what_was_proven():
    found = combine("a.py", b"import os\n", b"import os\nimport re\n", b"import os\nimport sys\n")
    assert (found.content, found.method) == (b"import os\nimport re\nimport sys\n", "structure")
    assert found.proof == ("parses", "no_key_twice", "lines_kept", "symmetric", "stable")


@pytest.mark.parametrize("path", ["a.unknown", "Makefile", "a.py.orig"])
def test_an_unknown_language_is_left_to_the_lines(path):
    assert language_of(path) is None
    assert merge(path, "import os\n", "import os\nimport re\n", "import os\nimport sys\n") is None


def test_a_language_whose_grammar_is_not_installed_is_left_to_the_lines():
    """In a process of its own, because a grammar that was found is kept."""
    program = (
        "import sys; sys.modules['tree_sitter_python'] = None\n"
        "from asterism.vcs.merge import combine\n"
        "sides = b'import os\\n', b'import os\\nimport re\\n', b'import os\\nimport sys\\n'\n"
        "assert combine('a.py', *sides).content is None\n"
        "assert combine('a.py', b'1\\n2\\n3\\n', b'0\\n2\\n3\\n', b'1\\n2\\n4\\n').method == 'lines'\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_side_that_does_not_parse_is_left_to_the_lines():
    assert merge("a.py", "import os\n", "import os\nimport re(\n", "import os\nimport sys\n") is None
    assert merge("a.json", '{"a": 1}\n', '{"a": 2,,}\n', '{"a": 3}\n') is None


def test_blank_lines_come_with_what_is_added():
    base = "import os\n\n\ndef f():\n    pass\n"
    ours = "import os\nimport re\n\n\ndef f():\n    pass\n"
    main = "import abc\nimport os\n\n\ndef e():\n    pass\n\n\ndef f():\n    pass\n"
    assert merge("a.py", base, ours, main) == (
        "import abc\nimport os\nimport re\n\n\ndef e():\n    pass\n\n\ndef f():\n    pass\n"
    )


def test_a_header_comment_stays_at_the_top():
    base = "# licence\n\nimport os\n"
    assert merge("a.py", base, "# licence\n\nimport abc\nimport os\n", "# licence\n\nimport ast\nimport os\n") == (
        "# licence\n\nimport abc\nimport ast\nimport os\n"
    )


def test_a_method_that_moved_takes_the_edit_along():
    base = "class A:\n    def a(self):\n        return 1\n\n    def b(self):\n        return 2\n"
    ours = "class A:\n    def b(self):\n        return 2\n\n    def a(self):\n        return 1\n"
    main = base.replace("return 1", "return 10")
    assert merge("a.py", base, ours, main) == ours.replace("return 1", "return 10")


def test_both_moved_in_different_ways_is_a_conflict():
    parts = [f"def {name}():\n    return '{name}'\n" for name in "abc"]
    base, ours, main = ("\n\n".join(parts[at] for at in order) for order in ((0, 1, 2), (1, 2, 0), (2, 0, 1)))
    assert merge("a.py", base, ours, main) is None


def test_what_one_changed_and_the_other_removed_is_a_conflict():
    base = "def a():\n    return 1\n\n\ndef b():\n    return 2\n"
    assert merge("a.py", base, "def b():\n    return 2\n", base.replace("return 1", "return 10")) is None


def test_the_same_name_in_a_scope_is_never_made():
    base = "def a():\n    pass\n"
    ours = "def b():\n    return 1\n\n\ndef a():\n    pass\n"
    main = "def a():\n    pass\n\n\ndef b():\n    return 2\n"
    assert merge("a.py", base, ours, main) is None


def test_members_that_share_a_name_keep_their_order():
    base = "class A:\n    @property\n    def x(self):\n        return 1\n\n"
    base += "    @x.setter\n    def x(self, to):\n        pass\n"
    ours = base + "\n    def b(self):\n        pass\n"
    main = base + "\n    def a(self):\n        pass\n"
    result = merge("a.py", base, ours, main)
    assert result == base + "\n    def a(self):\n        pass\n\n    def b(self):\n        pass\n"


def test_headings_in_a_fence_are_no_sections():
    text = b"# A\n\n```\n# not one\n```\n\n## B\n"
    (top,) = read_markdown(text).items
    assert [item.key for item in top.collections[0].items if item.kind == "section"] == ["B"]
    assert read_markdown(text).render() == text


def test_what_stands_in_front_of_a_text_is_joined_like_yaml():
    text = "---\ntitle: {}\ntags: {}\n---\nText.\n\n# A\n\n# B\n"
    assert read_markdown(text.encode()).render() == text.encode()
    assert [item.kind for item in read_markdown(text.encode()).items] == ["front", "text", "section", "section"]
    base, ours, main = (text.format(*words) for words in (("a", "x"), ("b", "x"), ("a", "y")))
    assert merge("a.md", base, ours, main) == text.format("b", "y")


@pytest.mark.parametrize("front", ["---\n\t: {\n---\n", "---\na: 1\na: [\n---\n", "--- \n"])
def test_what_is_no_yaml_in_front_of_a_text_is_text(front: str):
    source = f"{front}# A\n".encode()
    assert read_markdown(source).render() == source
    assert [item.kind for item in read_markdown(source).items] == ["text", "section"]


@given(st.text(st.sampled_from("#ab -*`~\n\r\t"), max_size=80))
def test_any_markdown_is_read_whole(text):
    source = (text + "\n").encode()
    assert read_markdown(source).render() == source


@pytest.mark.parametrize("path", sorted((HERE / "src").rglob("*.py"))[::12], ids=lambda path: path.stem)
def test_source_is_read_whole(path):
    source = path.read_bytes()
    found = read("python", str(path), source)
    assert found is not None
    assert found.render() == source


WORDS = st.sampled_from(
    ["import a\n", "import b\n", "x = 1\n", "y = 2\n", "def f():\n    pass\n", "f()\n", "\n", "# c\n"]
)
PROGRAM = st.lists(WORDS, max_size=8).map("".join)


@settings(max_examples=300, deadline=None)
@given(PROGRAM, PROGRAM, PROGRAM)
def test_whatever_comes_out_is_proven(base, ours, main):
    texts = tuple(text.encode() for text in (base, ours, main))
    found = merge_structure("a.py", *texts)
    if found is None:
        return
    assert parse("python", found.content) is not None
    assert proof.lines_kept(*texts, found.content)
    swapped = merge_structure("a.py", texts[0], texts[2], texts[1])
    assert swapped is not None
    assert swapped.content == found.content


def test_a_lost_or_returned_line_is_noticed():
    assert proof.lines_kept(b"a\n", b"a\nb\n", b"a\nc\n", b"a\nb\nc\n")
    assert not proof.lines_kept(b"a\n", b"a\nb\n", b"a\nc\n", b"a\nc\n")
    assert not proof.lines_kept(b"a\nx\n", b"a\n", b"a\nx\n", b"a\nx\n")
    assert not proof.lines_kept(b"a\n", b"a\n", b"a\n", b"a\nb\n")
    assert proof.lines_kept(b'"a": 1\n', b'"a": 1,\n"b": 2\n', b'"a": 1\n', b'"a": 1,\n"b": 2\n')


def test_a_name_that_came_to_stand_twice_is_noticed():
    def scope(*names: str) -> Collection:
        return Collection("x", items=[Item("k", name, True, True, b"", b"", [b""], label=name) for name in names])

    assert not proof.doubled(scope("a", "b"))
    assert proof.doubled(scope("a", "a"))


@pytest.mark.parametrize(
    ("base", "ours", "main", "merged"),
    [
        ("from a import b\n", "from a import b, d\n", "from a import b, c\n", "from a import b, c, d\n"),
        ("from a import z, b\n", "from a import z, b, d\n", "from a import z, b, c\n", "from a import z, b, c, d\n"),
        ("from a import b, c\n", "from a import b\n", "from a import b, c, d\n", "from a import b, d\n"),
        ("from a import b\n", "from a import c\n", "from x import b, c\n", None),
        ("from a import b, c\n", "from a import c, b\n", "from a import b, c, d\n", None),
        (
            'import { a } from "m";\n',
            'import { a, c } from "m";\n',
            'import { a, B } from "m";\n',
            'import { a, B, c } from "m";\n',
        ),
        ("use a::{b};\n", "use a::{b, d};\n", "use a::{b, c};\n", "use a::{b, c, d};\n"),
        (
            'const { a } = require("m");\n',
            'const { a, c } = require("m");\n',
            'const { a, b } = require("m");\n',
            'const { a, b, c } = require("m");\n',
        ),
        ("#[derive(Debug)]\n", "#[derive(Debug, Hash)]\n", "#[derive(Debug, Eq)]\n", "#[derive(Debug, Eq, Hash)]\n"),
        ("x = 1\n", "x = 2\n", "x = 3\n", None),
    ],
)
def test_names_on_one_line_are_joined(base, ours, main, merged):
    found = join_names(*([text.encode()] for text in (base, ours, main)))
    assert found == (None if merged is None else merged.encode())


def test_strings_that_are_a_set_are_joined_and_others_are_not():
    sides = [b'a = ["x"]\n'], [b'a = ["x", "z"]\n'], [b'a = ["x", "y"]\n']
    assert (join_sets(*sides), join_names(*sides)) == (b'a = ["x", "y", "z"]\n', None)


def test_a_conflict_of_several_lines_is_no_list():
    line = b"from a import b\n"
    assert join_names([line], [line, line], [b"from a import c\n"]) is None


@pytest.mark.parametrize(
    "suffix", ["json", "py", "js", "ts", "tsx", "rs", "yaml", "css", "html", "toml", "go", "java", "md"]
)
@pytest.mark.parametrize("text", ["[" * 10_000 + "]" * 10_000, "{\n" * 10_000, "a(\n" * 5_000, "<a>\n" * 5_000])
def test_input_made_to_hurt_ends_soon(suffix, text):
    start = process_time()
    merge(f"a.{suffix}", text + "\n", text + "\n1\n", text + "\n2\n")
    assert process_time() - start < 10
    assert sys.getrecursionlimit() <= 10_000


def test_a_deep_but_sound_text_ends_soon():
    deep = "".join(f"{'  ' * level}[\n" for level in range(300)) + "".join(
        f"{'  ' * level}]\n" for level in reversed(range(300))
    )
    start = process_time()
    merge("a.json", deep, deep.replace("[\n", "[\n1,\n", 1), deep.replace("]\n", "2\n]\n", 1))
    assert process_time() - start < 10


def test_many_members_take_no_quadratic_time():
    base = "".join(f"def f{number}():\n    return {number}\n\n\n" for number in range(3000))
    ours, main = base + "def x():\n    pass\n", base + "def y():\n    pass\n"
    start = process_time()
    assert merge("a.py", base, ours, main) == base + "def x():\n    pass\n\n\ndef y():\n    pass\n"
    assert process_time() - start < 30


MANY = range(1000)


@pytest.mark.parametrize(
    ("path", "head", "member", "foot"),
    [
        ("a.go", "package a\n\nconst (\n", "\tN{0} Kind = {0}\n", ")\n"),
        ("a.go", "package a\n\nfunc f() {{\n\tswitch k {{\n", "\tcase {0}:\n\t\tg()\n", "\t}}\n}}\n"),
        ("a.rs", "fn f() {{\n    match k {{\n", "        {0} => g(),\n", "    }}\n}}\n"),
        ("a.ts", "switch (k) {{\n", "  case {0}:\n    break;\n", "}}\n"),
        ("a.html", "<p>\n<input\n", "  a{0}\n", ">\n</p>\n"),
        ("a.css", ".a {{\n", "  --a{0}: 1;\n", "}}\n"),
    ],
    ids=["constants", "cases", "arms", "switch", "attributes", "declarations"],
)
def test_many_members_of_any_kind_take_no_quadratic_time(path, head, member, foot):
    def text(*numbers: int) -> str:
        return head.format() + "".join(map(member.format, numbers)) + foot.format()

    start = process_time()
    assert merge(path, text(*MANY), text(*MANY, 5001), text(*MANY, 5000)) == text(*MANY, 5000, 5001)
    assert process_time() - start < 30


def test_a_text_over_the_limit_is_left_to_the_lines():
    filler = "#" * MAX_BYTES + "\n"
    assert merge("a.py", filler, filler + "import a\n", filler + "import b\n") is None
