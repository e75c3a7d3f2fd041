"""What compilers, test runners and linters say, read for the place that is wrong."""

import time
from dataclasses import dataclass

import pytest

from asterism.features.operations.deployments.causes import LONGEST_LINE, find_cause

FILES = [
    *(
        "src/a.ts",
        "src/App.vue",
        "src/App.svelte",
        "src/style.scss",
        "src/main.rs",
        "src/lib.rs",
        "app/[slug]/page.tsx",
    ),
    *("server.js", "tests/test_a.py", "app.py", "pkg/mod.py", "main.go", "pkg/x_test.go", "src/main/java/org/A.java"),
    *("src/main/kotlin/B.kt", "Program.cs", "app.rb", "spec/a_spec.rb", "public/index.php", "lib/a.ex", "main.c"),
    *("requirements.txt", "test/a.test.js", "main.ts", "apps/web/src/b.ts", "src/two words.ts", "config.ru"),
]


@dataclass(frozen=True)
class Case:
    output: str
    path: str
    line: int
    column: int | None
    tool: str


CASES = [
    Case("src/a.ts(3,5): error TS2322: Type 'x' is not assignable.", "src/a.ts", 3, 5, "tsc"),
    Case("src/two words.ts(3,5): error TS2322: Type.", "src/two words.ts", 3, 5, "tsc"),
    Case(
        "\x1b[96msrc/a.ts\x1b[0m:\x1b[93m3\x1b[0m:\x1b[93m5\x1b[0m - \x1b[91merror\x1b[0m TS2: no",
        "src/a.ts",
        3,
        5,
        "tsc",
    ),
    Case('✘ [ERROR] Could not resolve "x"\n\n    src/a.ts:1:14:\n      1 │ import x', "src/a.ts", 1, 14, "esbuild"),
    Case("▲ [WARNING] odd\n\n    src/a.ts:1:1:\n\n✘ [ERROR] bad\n\n    server.js:2:3:", "server.js", 2, 3, "esbuild"),
    Case("error during build:\nsrc/a.ts (7:2): Unexpected token", "src/a.ts", 7, 2, "rollup"),
    Case("[vite] Internal error\nfile: /tree/src/App.vue:12:3", "src/App.vue", 12, 3, "vite"),
    Case("src/App.vue(4,2): error TS1005: ';' expected.", "src/App.vue", 4, 2, "tsc"),
    Case("/tree/src/App.svelte:4:2\nError: Unexpected token", "src/App.svelte", 4, 2, "svelte"),
    Case("Failed to compile.\n\n./app/[slug]/page.tsx:9:11\nType error: no", "app/[slug]/page.tsx", 9, 11, "next"),
    Case("ERROR in ./src/a.ts 3:5-10\nModule not found: Error: Can't resolve", "src/a.ts", 3, 5, "webpack"),
    Case("SyntaxError: /tree/server.js: Unexpected token (4:9)", "server.js", 4, 9, "babel"),
    Case("  × Expected ';'\n   ╭─[/tree/src/a.ts:2:1]\n 2 │ let", "src/a.ts", 2, 1, "swc"),
    Case("CssSyntaxError: tailwindcss: /tree/src/style.scss:3:1: Unknown word", "src/style.scss", 3, 1, "postcss"),
    Case("Error: Undefined variable.\n  src/style.scss 2:10  root stylesheet", "src/style.scss", 2, 10, "sass"),
    Case(
        "\n/tree/server.js\n  1:1   warning  x  y\n  3:5   error  'a' is not defined  no-undef",
        "server.js",
        3,
        5,
        "eslint",
    ),
    Case("/tree/server.js:3\nlet x = ;\n        ^\nSyntaxError: Unexpected token ';'", "server.js", 3, None, "node"),
    Case(
        "Error: no 'x'\n    at f (node:internal/a:1:2)\n    at Object.<anonymous> (/tree/server.js:4:7)",
        *("server.js", 4, 7, "node"),
    ),
    Case("  ● adds\n\n    at Object.<anonymous> (test/a.test.js:3:19)", "test/a.test.js", 3, 19, "node"),
    Case("AssertionError: expected 1\n ❯ test/a.test.js:5:18", "test/a.test.js", 5, 18, "vitest"),
    Case("error: Uncaught\n    at file:///tree/main.ts:3:5", "main.ts", 3, 5, "bun"),
    Case("TS2322 [ERROR]: no.\n    at file:///tree/main.ts:3:5", "main.ts", 3, 5, "bun"),
    Case(
        'Traceback (most recent call last):\n  File "/tree/app.py", line 2, in <module>\n'
        '    import pkg.mod\n  File "/tree/pkg/mod.py", line 7, in <module>\n    1/0\nZeroDivisionError: by zero',
        *("pkg/mod.py", 7, None, "python"),
    ),
    Case('  File "app.py", line 3\n    def f(:\n          ^\nSyntaxError: invalid syntax', "app.py", 3, None, "python"),
    Case(
        "    assert 1 == 2\nE   assert 1 == 2\n\ntests/test_a.py:3: AssertionError",
        "tests/test_a.py",
        3,
        None,
        "pytest",
    ),
    Case(
        "tests/test_a.py:1: in <module>\n    import nope\nE   ModuleNotFoundError", "tests/test_a.py", 1, None, "pytest"
    ),
    Case('app.py:4: error: Name "x" is not defined  [name-defined]', "app.py", 4, None, "mypy"),
    Case("app.py:4:1: F821 undefined name 'x'", "app.py", 4, 1, "ruff"),
    Case("F821 Undefined name `x`\n --> app.py:4:1\n  |", "app.py", 4, 1, "ruff"),
    Case("ERROR: Invalid requirement: 'x==' (from line 2 of requirements.txt)", "requirements.txt", 2, None, "pip"),
    Case("# example.org/app\n./main.go:3:5: undefined: x", "main.go", 3, 5, "go"),
    Case("--- FAIL: TestX (0.00s)\n    x_test.go:7: got 1", "pkg/x_test.go", 7, None, "go test"),
    Case("panic: no\n\ngoroutine 1 [running]:\nmain.main()\n\t/tree/main.go:6 +0x1d", "main.go", 6, None, "go"),
    Case(
        "warning: unused\n --> src/lib.rs:1:1\n\nerror[E0425]: cannot find value `x`\n --> src/main.rs:3:5",
        *("src/main.rs", 3, 5, "cargo"),
    ),
    Case("thread 'main' panicked at src/main.rs:3:5:\nno", "src/main.rs", 3, 5, "cargo"),
    Case("src/main/java/org/A.java:3: error: ';' expected", "src/main/java/org/A.java", 3, None, "javac"),
    Case("[ERROR] /tree/src/main/java/org/A.java:[3,5] ';' expected", "src/main/java/org/A.java", 3, 5, "maven"),
    Case("  at org.A.main(A.java:12)", "src/main/java/org/A.java", 12, None, "java"),
    Case("e: file:///tree/src/main/kotlin/B.kt:3:5 Unresolved reference", "src/main/kotlin/B.kt", 3, 5, "kotlinc"),
    Case("/tree/Program.cs(3,5): error CS1002: ; expected [/tree/app.csproj]", "Program.cs", 3, 5, "dotnet"),
    Case("   at App.Main() in /tree/Program.cs:line 9", "Program.cs", 9, None, "dotnet"),
    Case("main.c:3:5: error: expected ';'", "main.c", 3, 5, "cc"),
    Case("app.rb:3: syntax error, unexpected end-of-input", "app.rb", 3, None, "ruby"),
    Case("/tree/app.rb:3:in `<main>': undefined method `x' (NoMethodError)", "app.rb", 3, None, "ruby"),
    Case("     # ./spec/a_spec.rb:5:in `block'", "spec/a_spec.rb", 5, None, "rspec"),
    Case(
        "PHP Parse error:  syntax error, unexpected end in /tree/public/index.php on line 3",
        "public/index.php",
        3,
        None,
        "php",
    ),
    Case("PHP Fatal error:  Uncaught Error: no in /tree/public/index.php:8", "public/index.php", 8, None, "php"),
    Case("** (CompileError) lib/a.ex:3: undefined function x/0", "lib/a.ex", 3, None, "elixir"),
    Case('    error: undefined variable "x"\n    │\n    └─ lib/a.ex:3:5: A.b/0', "lib/a.ex", 3, 5, "elixir"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.tool}-{case.path}")
def test_the_place_is_found(case: Case) -> None:
    noise = "> build\n> node build.js\n\nCompiling 3 files\n"
    found = find_cause((noise + case.output + "\n\nnpm error code 1").split("\n"), FILES)
    assert found is not None
    assert (found.path, found.line, found.column, found.tool) == (case.path, case.line, case.column, case.tool)
    assert str(case.line) in found.excerpt or found.tool in ("cargo", "ruff")
    assert "npm error" not in found.excerpt or found.excerpt.count("\n") < 8


def test_names_count_from_where_the_step_ran_and_only_if_they_are_in_the_tree() -> None:
    said = ["src/b.ts(1,2): error TS1: no"]
    assert getattr(find_cause(said, FILES, root="apps/web"), "path", "") == "apps/web/src/b.ts"
    assert getattr(find_cause(["/data/t/app.py:1: error: x"], FILES, folder="/data/t"), "path", "") == "app.py"
    for outside in (
        "node_modules/x/index.ts(1,2): error TS1: no",
        "/etc/app.py:1: error: x",
        "../../app.pyx:1: error: x",
    ):
        assert find_cause([outside], FILES) is None
    assert find_cause(["a.ts(1,2): error TS1: no"], ["x/a.ts", "y/a.ts"]) is None  # which of them?
    assert find_cause(["npm error code ERESOLVE", "", "no luck"], FILES) is None


@pytest.mark.parametrize("word", ["at (", "(", "a:1:", "error ", '  File "', " " * 9, "ERROR in a ", "a.py:1: "])
def test_hostile_output_takes_no_time(word: str) -> None:
    began = time.thread_time()
    find_cause([word * (LONGEST_LINE // len(word))] * 500 + ["app.py:1: error: x"] * 20_000, FILES)
    assert time.thread_time() - began < 20
