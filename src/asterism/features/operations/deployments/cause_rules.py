"""How programs name places in source files when something is wrong: one pattern for each way to say it."""

from dataclasses import dataclass
from typing import Final

from asterism.base.linear import Pattern, compiled

_BY_ENDING: Final = {
    "java": "javac", "kt": "kotlinc", "scala": "scalac", "py": "mypy", "c": "cc", "h": "cc", "cc": "cc", "cpp": "cc",
    "rs": "cargo", "swift": "swiftc", "go": "go", "ts": "tsc", "tsx": "tsc", "rb": "ruby", "php": "php",
}  # fmt: skip
BY_ENDING: Final = "*"


@dataclass(frozen=True, slots=True)
class Rule:
    """A way to name a place; `tool` is who talks like this, `*`: whoever compiles such a file."""

    tool: str
    pattern: Pattern

    def named(self, path: str) -> str:
        """Return who names a place in a file."""
        return _BY_ENDING.get(path.rpartition(".")[2], "compiler") if self.tool == BY_ENDING else self.tool


def _rule(tool: str, text: str) -> Rule:
    places = {"PATH": r"(?P<path>[^\s:\"'<>|][^:\"'<>|]*)", "LINE": r"(?P<line>\d+)", "COL": r"(?P<column>\d+)"}
    for name, pattern in places.items():
        text = text.replace(name, pattern)
    return Rule(tool, compiled(text))


ERRORS: Final = (
    _rule("tsc", r"^\s*PATH\(LINE,COL\): error TS\d+"),
    _rule("dotnet", r"^\s*PATH\(LINE,COL\): error \w+"),
    _rule("tsc", r"^\s*PATH:LINE:COL - error TS\d+"),
    _rule("maven", r"\[ERROR\]\s+PATH:\[LINE,COL\]"),
    _rule("kotlinc", r"^e: (?:file://)?PATH:LINE:COL "),
    _rule("kotlinc", r"^e: (?:file://)?PATH: \(LINE, COL\):"),
    _rule("go", r"^(?:vet: )?(?P<path>[^\s:]+\.go):LINE:COL: "),
    _rule("go test", r"^\s+(?P<path>[^\s:]+_test\.go):LINE: "),
    _rule(BY_ENDING, r"^\s*(?:\[ERROR\]\s*|error: )?PATH:LINE:(?:COL:)?\s*(?:fatal )?error\b"),
    _rule("cargo", r"panicked at (?:'[^']*', )?(?P<path>[^\s:,]+):LINE:COL"),
    _rule("ruff", r"^(?P<path>[^\s:]+\.pyi?):LINE:COL: [A-Z]{1,4}\d{1,4} "),
    _rule("ruff", r"Failed to parse (?P<path>[^\s:]+\.pyi?):LINE:COL"),
    _rule("pytest", r"^(?P<path>[^\s:]+\.py):LINE: [A-Z]\w+$"),
    _rule("pip", r"\(from line LINE of (?P<path>[^)]+)\)"),
    _rule("ruby", r"^(?P<path>[^\s:]+\.(?:rb|ru|erb|rake)):LINE: (?:syntax error|[Uu]nexpected|.*\(SyntaxError\))"),
    _rule("ruby", r"^(?P<path>[^\s:]+\.(?:rb|ru|erb|rake)):LINE:in .*\([A-Z][\w:]*\)$"),
    _rule("rspec", r"^\s*(?:# |rspec )(?P<path>\./[^\s:]+\.rb):LINE(?::in|\s|$)"),
    _rule("php", r"(?:Parse|Fatal|Compile|syntax) error.* in (?P<path>[^\s:]+) on line LINE"),
    _rule("php", r"(?:Parse|Fatal) error.* in (?P<path>[^\s:]+\.php):LINE"),
    _rule("elixir", r"^\s*\*\* \([\w.]+\)\s+(?P<path>[^\s:]+\.exs?):LINE(?::COL)?"),
    _rule("webpack", r"ERROR in PATH:LINE:COL"),
    _rule("webpack", r"ERROR in (?P<path>[^\s:]+) LINE:COL"),
    _rule("babel", r"SyntaxError: PATH: .*\(LINE:COL\)"),
    _rule("vite", r"^\s*file: (?:file://)?PATH:LINE:COL"),
    _rule("rollup", r"^(?:\[?[\w!: -]*(?:Error|ERROR|error)\]?:? )?(?P<path>[^\s:()]+\.\w+) \(LINE:COL\)(?::|$)"),
    _rule("swc", r"[╭,][─-]+\[\s*PATH:LINE:COL\s*\]"),
    _rule("postcss", r"CssSyntaxError: (?:[^:]*: )?(?P<path>[^\s:]+):LINE:COL:"),
    _rule("sass", r"^\s+(?P<path>[^\s:]+\.s[ac]ss) LINE:COL\s+root stylesheet"),
    _rule("next", r"^(?P<path>\./[^:]+\.\w+):LINE:COL\s*$"),
    _rule("svelte", r"^(?P<path>[^\s:]+\.(?:svelte|astro|vue)):LINE:COL\b"),
    _rule("node", r"^(?:file://)?(?P<path>/[^\s:]+\.[cm]?[jt]sx?):LINE$"),
)
"""What is an error by itself."""

HEADERS: Final = (
    compiled(r"^\s*error(?:\[\w+\])?:"),
    compiled(r"\[ERROR\]\s"),
    compiled(r"^[A-Z]{1,4}\d{3,4} "),
)
WARNINGS: Final = compiled(r"^\s*(?:warning(?:\[\w+\])?:|.*\[WARNING\]\s)")
HEADED: Final = (
    _rule("cargo", r"^\s*--> (?P<path>[^:]+\.rs):LINE:COL"),
    _rule("ruff", r"^\s*--> (?P<path>[^:]+\.pyi?):LINE:COL"),
    _rule("elixir", r"^\s*└─ (?P<path>[^:]+):LINE(?::COL)?"),
    _rule("esbuild", r"^ {4}PATH:LINE:COL:\s*$"),
    _rule("bun", r"^\s+at (?:file://)?(?P<path>[^\s:()]+):LINE:COL$"),
)
"""What is one below a line that says so."""

ESLINT_FILE: Final = compiled(r"\s?(?:\.{0,2}/)?[^\s:][^:]*\.[cm]?[jt]sx?|\s?/[^:]+\.(?:vue|svelte)")
ESLINT_LINE: Final = compiled(r"^\s+(?P<line>\d+):(?P<column>\d+)\s+error\s")

FRAMES: Final = (
    _rule("python", r"^\s*File \"(?P<path>[^\"]+)\", line LINE"),
    _rule("pytest", r"^(?P<path>[^\s:]+\.py):LINE: in "),
    _rule("vitest", r"^\s*❯ (?:[^:]* )?(?P<path>[^\s:]+):LINE:COL"),
    _rule("node", r"^\s+at (?:.*\()?(?:file://)?(?P<path>[^\s:()]+):LINE:COL\)?$"),
    _rule("java", r"^\s+at [\w.$<>/]+\((?P<path>[\w$]+\.(?:java|kt|scala|groovy)):LINE\)"),
    _rule("dotnet", r"^\s+at .* in (?P<path>[^:]+):line LINE"),
    _rule("go", r"^\s+(?P<path>/[^\s:]+\.go):LINE(?: \+0x|$)"),
    _rule("php", r"^\s*#\d+ (?P<path>[^\s:()]+)\(LINE\)"),
    _rule("ruby", r"^\s*(?:from )?(?P<path>[^\s:]+\.(?:rb|ru|rake)):LINE:in "),
    _rule("elixir", r"^\s+\(.*\) (?P<path>[^\s:]+\.exs?):LINE: "),
)
"""Where a trace goes along."""

LAST_COUNTS: Final = frozenset({"python", "pytest"})
