"""Just enough about languages for line rules: which one a file is in, and what of a line is code."""

import posixpath
from functools import lru_cache

from asterism.base.linear import compiled

_BY_EXTENSION = {
    "py": "python", "pyi": "python",
    "js": "javascript", "jsx": "javascript", "mjs": "javascript", "cjs": "javascript",
    "ts": "javascript", "tsx": "javascript", "mts": "javascript", "cts": "javascript", "vue": "javascript",
    "go": "go", "rs": "rust", "java": "java", "kt": "java", "kts": "java", "scala": "java", "cs": "csharp",
    "rb": "ruby", "php": "php", "c": "c", "h": "c", "cc": "c", "cpp": "c", "hpp": "c", "swift": "swift",
    "sh": "shell", "bash": "shell", "zsh": "shell", "ksh": "shell", "ex": "elixir", "exs": "elixir", "lua": "lua",
}  # fmt: skip
LONGEST = 2000
_COMMENTS = {"python": "#", "ruby": "#", "shell": "#", "elixir": "#", "lua": "--"}
_STRING = compiled(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'")


def language(path: str) -> str:
    """Return the language family of a path, "" when it is none of ours (data, prose)."""
    name = posixpath.basename(path)
    return _BY_EXTENSION.get(name.rpartition(".")[2].lower(), "") if "." in name else ""


@lru_cache(maxsize=4096)
def code_of(line: str, path: str) -> str:
    """Return the line without a trailing or whole-line comment, so that prose about code is not taken for code.

    A line longer than people write is no code to judge: it comes back empty, which also bounds every pattern's work.
    """
    if len(line) > LONGEST:
        return ""
    family = language(path)
    mark = _COMMENTS.get(family, "//") if family else None
    if mark is None:
        return line
    stripped = line.lstrip()
    if stripped.startswith(mark) or (mark == "//" and stripped.startswith(("*", "/*"))):
        return ""
    at = without_strings(line).find(mark if mark == "//" else " " + mark)
    return line if at < 0 else line[:at]


def without_strings(line: str) -> str:
    """Blank the insides of string literals, keeping every column where it is."""
    return _STRING.sub(lambda hit: hit[0][0] + " " * (len(hit[0]) - 2) + hit[0][-1], line)


def indentation(line: str, unit: int) -> int:
    """Count the levels a line is indented by; a TAB is one level, `unit` spaces are one."""
    head = line[: len(line) - len(line.lstrip(" \t"))]
    return head.count("\t") + head.count(" ") // unit
