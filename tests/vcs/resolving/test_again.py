"""A tree that is much like one before is resolved from that one, with the same result as anew."""

import pytest

from asterism.vcs.resolving import Imports, resolve
from tests.vcs.resolving.trees import facts_of

TREE = {
    "app/main.py": "from app import util\n",
    "app/util.py": "def help(): pass\n",
    "go.mod": "module example.com/m\n",
    "main.go": 'package main\nimport "example.com/m/util"\nfunc main() { util.Do() }\n',
    "util/one.go": "package util\nfunc Do() {}\n",
    "util/two.go": "package util\nfunc Other() {}\n",
    "Cargo.toml": '[package]\nname = "c"\n',
    "src/lib.rs": "mod a;\nuse crate::a::T;\n",
    "src/a.rs": "",
    "src/a/b.rs": "use super::T;\n",
    "j/A.java": "package j;\nimport k.B;\nclass A { B b; }\n",
    "j/B.java": "package k;\nclass B {}\n",
    "web/tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["./lib/*"]}}}',
    "web/main.ts": 'import { x } from "@/x";\n',
    "web/lib/x.ts": "export const x = 1;\n",
    "web/other/x.ts": "export const x = 2;\n",
}


@pytest.mark.parametrize(
    "edit",
    [
        {},
        {"app/util.py": "def other(): pass\n"},
        {"app/main.py": "import app.util, os\n"},
        {"app/main.py": "x = 1\n"},
        {"util/one.go": "package util\nfunc Do2() {}\n", "util/two.go": "package util\nfunc Do() {}\n"},
        {"main.go": 'package main\nimport "example.com/m/util"\nfunc main() { util.Other() }\n'},
        {"src/a.rs": "mod b;\n"},
        {"src/lib.rs": "use crate::a::T;\n"},
        {"j/B.java": "package other;\nclass B {}\n"},
        {"web/tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["./other/*"]}}}'},
        {"go.mod": "module example.com/other\n"},
        {"app/util.py": None},
        {"app/util.py": None, "app/util/__init__.py": ""},
        {"src/x.rs": ""},
    ],
)
def test_an_edited_tree_resolves_as_one_that_was_never_seen(edit: dict[str, str | None]) -> None:
    edited = {path: text for path, text in (TREE | edit).items() if text is not None}
    before, after = facts_of(TREE), facts_of(edited)
    same = {path: before[path] if edited[path] == TREE.get(path) else after[path] for path in after}
    first = Imports(before)
    kept = {path: dict(found) for path, found in first.edges.items()}
    again = first.of(same)
    assert again.edges == resolve(after)
    assert first.edges == kept
    assert again.of(before).edges == kept
