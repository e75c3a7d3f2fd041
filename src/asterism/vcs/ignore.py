"""Which paths of a folder are left out of its versions.

Rules stand in `.gitignore` and `.asterismignore` files at any depth and mean what they mean to git (gitignore(5)): the
last rule that matches decides, deeper files outrank higher ones, and `.asterismignore` outranks `.gitignore` beside it.
A folder that is left out is not entered, so nothing below it can be taken in again. Files are read as bytes: whatever
they hold, reading and asking them ends soon and raises nothing.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from asterism.vcs.glob import LONGEST_PATH, NeverMatches, literal_length, translate_name, translate_path

RULE_FILES = (".gitignore", ".asterismignore")
"""Names of the files that hold rules, weakest first."""

STATE_NAMES = (".asterism", ".asterism.json")
"""What the client keeps at the top of a working copy."""

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class _Rule:
    """One line of a rule file: what it matches against, whether it leaves out, and whether only folders are meant."""

    pattern: bytes
    leaves_out: bool
    folders_only: bool
    whole_path: bool


class _Rules:
    """The rules of one folder, indexed so that a path is compared with few of them.

    Plain names and paths are looked up, endings (`*.log`) too; what is left is asked through one alternation first.
    Numbers are places in the files: of several that match the highest decides.
    """

    __slots__ = ("_any", "_depth", "_endings", "_globs", "_lengths", "_plain", "_rules")

    def __init__(self, depth: int, rules: list[_Rule]) -> None:
        self._depth = depth  # how many bytes of a path lead to the folder
        self._rules = rules
        self._plain: dict[tuple[bool, bytes], list[int]] = {}
        self._endings: dict[bytes, list[int]] = {}
        self._globs: list[tuple[int, bool, re.Pattern[bytes]]] = []
        sources: dict[bool, list[bytes]] = {True: [], False: []}
        for number, rule in enumerate(rules):
            pattern, fixed = rule.pattern, literal_length(rule.pattern)
            if fixed == len(pattern):
                self._plain.setdefault((rule.whole_path, pattern), []).append(number)
            elif pattern[:1] == b"*" and literal_length(pattern[1:]) == len(pattern) - 1 and not rule.whole_path:
                self._endings.setdefault(pattern[1:], []).append(number)
            else:
                self._add_glob(number, rule, sources)
        self._lengths = sorted({len(ending) for ending in self._endings})
        self._any = {
            whole: re.compile(b"|".join(b"(?:%s)" % source for source in found), re.DOTALL)
            for whole, found in sources.items()
            if found
        }

    def _add_glob(self, number: int, rule: _Rule, sources: dict[bool, list[bytes]]) -> None:
        try:
            source = translate_path(rule.pattern) if rule.whole_path else translate_name(rule.pattern)
        except NeverMatches:
            return
        self._globs.append((number, rule.whole_path, re.compile(source, re.DOTALL)))
        sources[rule.whole_path].append(source)

    def decide(self, path: bytes, *, folder: bool) -> bool | None:
        """Return whether the rules leave `path` out, None when no rule names it."""
        path = path[self._depth :]
        name = path[path.rfind(b"/") + 1 :]
        best = -1
        for number in self._numbers(path, name):
            if number > best and (folder or not self._rules[number].folders_only):
                best = number
        best = self._best_glob(path, name, best, folder=folder)
        return self._rules[best].leaves_out if best >= 0 else None

    def _numbers(self, path: bytes, name: bytes) -> Iterator[int]:
        yield from self._plain.get((False, name), ())
        yield from self._plain.get((True, path), ())
        for length in self._lengths:
            if length > len(name):
                break
            yield from self._endings.get(name[len(name) - length :], ())

    def _best_glob(self, path: bytes, name: bytes, best: int, *, folder: bool) -> int:
        asked = {whole: regex.match(path if whole else name) is not None for whole, regex in self._any.items()}
        if not any(asked.values()):
            return best
        for number, whole, regex in reversed(self._globs):
            if number <= best:
                break
            if (
                asked[whole]
                and (folder or not self._rules[number].folders_only)
                and regex.match(path if whole else name)
            ):
                return number
        return best


class Ignore:
    """The rules in force inside one folder; immutable, so that a walk can share them downwards."""

    __slots__ = ("_layers",)

    def __init__(self, layers: tuple[_Rules, ...] = ()) -> None:
        self._layers = layers  # deepest folder first

    def within(self, folder: str, files: Iterable[bytes]) -> "Ignore":
        """Return the rules inside `folder` (`""` is the top, `a/b` a deeper one).

        `files` are the contents of the folder's rule files, weakest first, as `RULE_FILES` names them.
        """
        rules = [rule for data in files for rule in _read(data)]
        if not rules:
            return self
        return Ignore((_Rules(len(_raw(folder)) + 1 if folder else 0, rules), *self._layers))

    def ignores(self, path: str, *, folder: bool) -> bool:
        """Say whether `path`, relative to the top with `/` between its parts, is left out.

        Bytes of a name that are not UTF-8 stand in `path` as surrogates (PEP 383).
        """
        if is_never_versioned(path):
            return True
        raw = _raw(path)
        for rules in self._layers:
            decision = rules.decide(raw, folder=folder)
            if decision is not None:
                return decision
        return False


def _raw(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")


def _read(data: bytes) -> Iterator[_Rule]:
    """Read a rule file. A BOM at its start is no part of it; only a line feed ends a line, a return before it goes."""
    for raw in data.removeprefix(_BOM).split(b"\n"):
        if not raw.startswith(b"#"):
            rule = _rule(_trimmed(raw.removesuffix(b"\r").partition(b"\0")[0]))
            if rule is not None:
                yield rule


def _trimmed(line: bytes) -> bytes:
    """Return a line without the spaces at its end; a backslash keeps the one that follows it."""
    kept = line.rstrip(b" ")
    if len(kept) == len(line):
        return line
    backslashes = len(kept) - len(kept.rstrip(b"\\"))
    return kept + b" " if backslashes % 2 else kept


def _rule(line: bytes) -> _Rule | None:
    leaves_out = not line.startswith(b"!")
    pattern = line if leaves_out else line[1:]
    folders_only = pattern.endswith(b"/")
    pattern = pattern[:-1] if folders_only else pattern
    whole_path = b"/" in pattern
    pattern = pattern.removeprefix(b"/")
    if not pattern or literal_length(pattern) > LONGEST_PATH:
        return None
    return _Rule(pattern, leaves_out, folders_only, whole_path)


def is_never_versioned(path: str) -> bool:
    """Say whether `path` is repository state: anything named `.git`, or the client's own state at the top."""
    name = path.rpartition("/")[2]
    return name == ".git" or path in STATE_NAMES
