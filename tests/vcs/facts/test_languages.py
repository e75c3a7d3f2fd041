"""What is read of a source text, language by language."""

import pytest

from asterism.vcs.facts import CODE, Facts, extract, language_of

CASES = {
    "bash": (b"source ./lib.sh\nfoo() { bar; }\n", ["foo function 2-2"], ["./lib.sh"], {"bar"}),
    "c": (
        b'#include "x.h"\n#include <stdio.h>\n#define M 1\nstruct S { int a; };\nint *f(void)\n{\n return g();\n}\n',
        ["M macro 3-4", "S class 4-4", "f function 5-8"],
        ["x.h"],
        {"g"},
    ),
    "cpp": (
        b'#include "x.hpp"\nnamespace n {\nclass C { void m() {} };\n}\nvoid C::q() {}\n',
        ["n module 2-4", "C class 3-3", "m method 3-3", "C::q method 5-5"],
        ["x.hpp"],
        set(),
    ),
    "go": (
        b'package util\nimport f "fmt"\ntype T struct{}\nfunc (t *T) M() { f.Println() }\nfunc New() {}\n',
        ["T type 3-3", "M method 4-4", "New function 5-5"],
        ["fmt"],
        {"f.Println"},
    ),
    "java": (
        b"package a.b;\nimport static a.c.D.e;\nimport x.y.*;\nclass K {\n void m() { Foo.bar(); }\n}\nenum E { A }\n",
        ["K class 4-6", "m method 5-5", "E enum 7-7"],
        ["a.c.D.e", "x.y.*"],
        {"Foo", "bar"},
    ),
    "javascript": (
        b"const p = require('./p');\nexport * from './q';\nfunction f() {}\nclass C {\n m() {}\n}\n",
        ["p constant 1-1", "f function 3-3", "C class 4-6", "m method 5-5"],
        ["./p", "./q"],
        {"require"},
    ),
    "php": (
        b"<?php\nuse B\\C as D;\nfunction f() { g(); }\nclass K {\n function m() {}\n}\n",
        ["f function 3-3", "K class 4-6", "m method 5-5"],
        ["B\\C"],
        {"g"},
    ),
    "python": (
        b"import os, a.b as c\nfrom .x import y, z as w\nX = 1\n@mark\nclass A(B):\n    def f(self):\n        g()\n",
        ["X constant 3-3", "A class 5-7", "f function 6-7"],
        ["os", "a.b", ".x"],
        {"B", "g", "mark"},
    ),
    "ruby": (
        b"require_relative 'x/y'\nmodule M\n class C\n  def m; end\n end\nend\n",
        ["M module 2-6", "C class 3-5", "m method 4-4"],
        ["./x/y"],
        {"M", "C"},
    ),
    "rust": (
        b"mod a;\nuse crate::{x::Y as Z, q::*};\npub struct S;\ntrait T {\n fn m(&self);\n}\nfn f() { g(); }\n",
        ["S class 3-3", "T interface 4-6", "m method 5-5", "f function 7-7"],
        ["a", "crate::x::Y", "crate::q::*"],
        {"g"},
    ),
    "tsx": (
        b"import x from './x';\nexport function App() { return <div/>; }\n",
        ["App function 2-2"],
        ["./x"],
        set(),
    ),
    "typescript": (
        b"import type { Q } from '@/q';\ninterface I {}\ntype T = I;\nenum E { A }\nexport const foo = () => h();\n",
        ["I interface 2-2", "T type 3-3", "E enum 4-4", "foo constant 5-5"],
        ["@/q"],
        {"h", "I"},
    ),
}


def written(facts: Facts) -> list[str]:
    return [f"{one.name} {one.kind} {one.first}-{one.last}" for one in facts.symbols]


@pytest.mark.parametrize("language", sorted(CASES))
def test_symbols_imports_and_references(language: str):
    source, symbols, imports, references = CASES[language]
    facts = extract(language, source)
    assert written(facts) == symbols
    assert [one.target for one in facts.imports] == imports
    assert references <= set(facts.references)
    assert facts.whole
    assert facts.lines == source.count(b"\n")


def test_every_language_of_code_is_read():
    assert set(CASES) == CODE


def test_an_import_says_which_names_it_takes_and_where_it_stands():
    found = extract("python", b"x = 1\n\nfrom . import (\n    a,\n    b as c,\n)\nfrom m import *\n").imports
    assert [(one.target, one.line, list(one.names)) for one in found] == [(".", 3, ["a", "b"]), ("m", 7, ["*"])]


def test_what_a_rust_use_stands_in_is_told():
    found = extract("rust", b"mod tests {\n    use super::*;\n    mod deep;\n}\n").imports
    assert [(one.target, list(one.names)) for one in found] == [("super::*", ["tests"]), ("tests::deep", [])]


def test_comments_that_ask_for_something():
    todo, fixme = b"TODO", b"FIXME"
    text = b"package a\n\n// %b(kim): close it\n/*\n * %b: leaks */\n// %b without a colon\n" % (todo, fixme, todo)
    facts = extract("go", text)
    assert [(note.line, note.text) for note in facts.notes] == [(3, "close it"), (5, "leaks")]


def test_documents_have_headings_and_tasks_outside_of_fences():
    text = b"# Top\n- [ ] write it\n- [x] done\n```\n# no\n- [ ] no\n```\n## Second ##\n"
    facts = extract("markdown", text)
    assert written(facts) == ["Top heading 1-1", "Second heading 8-8"]
    assert [(note.kind, note.line, note.text) for note in facts.notes] == [("task", 2, "write it")]


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("a/b.py", "python"),
        ("A.PYI", "python"),
        ("x.d.ts", "typescript"),
        ("go.mod", "go-mod"),
        ("web/tsconfig.app.json", "tsconfig"),
        ("notes", "text"),
        (".gitignore", "text"),
        ("logo.png", None),
        ("日本.rs", "rust"),
    ],
)
def test_the_name_of_a_file_tells_its_language(path: str, language: str | None):
    assert language_of(path) == language
