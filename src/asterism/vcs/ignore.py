"""Which paths of a folder are left out of its versions.

Rules stand in `.gitignore` and `.asterismignore` files at any depth and mean what they mean to git: the last rule that
matches decides, deeper files outrank higher ones, and `.asterismignore` outranks `.gitignore` beside it. A folder that
is left out is not entered, so nothing below it can be taken in again.
"""

import re
from collections.abc import Iterable

from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

RULE_FILES = (".gitignore", ".asterismignore")
"""Names of the files that hold rules, weakest first."""

STATE_NAMES = (".asterism", ".asterism.json")
"""What the client keeps at the top of a working copy."""

_VIA_FOLDER = "ps_d"  # the group in which a compiled pattern captures the slash after the folder that it names


class _Rules:
    """The rules of one folder, the last one first."""

    __slots__ = ("_any", "_depth", "_patterns")

    def __init__(self, depth: int, patterns: list[tuple[re.Pattern[str], bool]]) -> None:
        self._depth = depth  # how many characters of a path lead to the folder
        self._patterns = patterns[::-1]
        named = f"?P<{_VIA_FOLDER}>"
        self._any = re.compile("|".join(f"(?:{regex.pattern.replace(named, '')})" for regex, _ in patterns))

    def decide(self, path: str) -> bool | None:
        """Return whether the rules leave `path` out (folders end in `/`), None when no rule names it.

        A match by way of a folder above does not count: the walk has asked about that folder before.
        """
        path = path[self._depth :]
        if self._any.match(path) is None:
            return None
        for regex, include in self._patterns:
            found = regex.match(path)
            if found and (_VIA_FOLDER not in regex.groupindex or found.end(_VIA_FOLDER) in (-1, len(path))):
                return include
        return None


class Ignore:
    """The rules in force inside one folder; immutable, so that a walk can share them downwards."""

    __slots__ = ("_layers",)

    def __init__(self, layers: tuple[_Rules, ...] = ()) -> None:
        self._layers = layers  # deepest folder first

    def within(self, folder: str, rules: Iterable[Iterable[str]]) -> "Ignore":
        """Return the rules inside `folder` (`""` is the top, `a/b` a deeper one).

        `rules` are the lines of the folder's rule files, weakest first, as `RULE_FILES` names them.
        """
        patterns = [found for file in rules for line in file for found in _compile(line)]
        if not patterns:
            return self
        return Ignore((_Rules(len(folder) + 1 if folder else 0, patterns), *self._layers))

    def ignores(self, path: str, *, folder: bool) -> bool:
        """Say whether `path`, relative to the top with `/` between its parts, is left out."""
        if is_never_versioned(path):
            return True
        asked = f"{path}/" if folder else path
        for rules in self._layers:
            decision = rules.decide(asked)
            if decision is not None:
                return decision
        return False


def _compile(line: str) -> list[tuple[re.Pattern[str], bool]]:
    """Read one line of a rule file; comments, blank lines and patterns that git calls invalid give nothing."""
    try:
        pattern = GitIgnoreSpecPattern(line.rstrip("\r\n"))
    except ValueError:
        return []
    text = line.strip().removeprefix("!")
    if pattern.include is None or pattern.regex is None or not text.strip("/"):
        return []
    if text.endswith("/**/"):  # the folders that lie in it, at any depth
        inside = GitIgnoreSpecPattern(text[:-1]).regex
        return [(re.compile(f"{inside.pattern}(?:.+/)?[^/]+(?P<{_VIA_FOLDER}>/)"), pattern.include)] if inside else []
    regex = pattern.regex
    if regex.pattern == f"(?P<{_VIA_FOLDER}>/)":
        regex = re.compile(f"^(?:.+/)?[^/]+(?P<{_VIA_FOLDER}>/)")  # any folder, and it itself, not one above it
    elif regex.pattern.endswith("/"):
        regex = re.compile(f"{regex.pattern}.")  # `x/**` is what lies in x, not x
    return [(regex, pattern.include)]


def is_never_versioned(path: str) -> bool:
    """Say whether `path` is repository state: anything named `.git`, or the client's own state at the top."""
    name = path.rpartition("/")[2]
    return name == ".git" or path in STATE_NAMES
