"""What a project's own ruff settings say, read as data: nothing of them is handed to ruff but checked plain values.

Style is the project's business: rules that it has not selected, or ignores, are not reported when they would weigh less
than medium. Defects stay ours: no setting takes away a finding of medium or worse, so a hostile one silences nothing.
"""

import os
import posixpath
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from asterism.base.linear import compiled
from asterism.features.review.findings import ReviewedFile, Severity, at_least

NAMES = (".ruff.toml", "ruff.toml", "pyproject.toml")
"""In the order of ruff: the first that a folder has (pyproject.toml only with a [tool.ruff]) wins there."""
LARGEST = 1 << 20
_VERSION = compiled(r"^py3(\d{1,2})$")
_REQUIRES = compiled(r">=?\s*3\.(\d{1,2})")
_VERSIONS = range(7, 15)
_RULE = compiled(r"^[A-Z]{1,8}\d{0,5}$")
_COMPLEXITY = range(1, 1001)
_DEFAULT_RULES = ("E4", "E7", "E9", "F")


@dataclass(frozen=True, slots=True)
class RuffSettings:
    """The settings that hold for one folder; `base` is that folder, relative to the root.

    `select` is None where the project does not choose rules. `target` is ruff's word for a version, such as `py311`.
    """

    base: str = ""
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    by_file: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exclude: tuple[str, ...] = ()
    target: str | None = None
    complexity: int | None = None
    builtins: tuple[str, ...] = ()

    def wants(self, rule: str, path: str, severity: Severity) -> bool:
        """Whether a finding is to be reported: always when it is medium or worse, else by the project's choice."""
        if at_least(severity, Severity.MEDIUM):
            return True
        local = posixpath.relpath(path, self.base) if self.base else path
        if any(_matches(local, glob) for glob in self.exclude):
            return False
        ignored = [
            *self.ignore,
            *(rule for glob, rules in self.by_file.items() if _matches(local, glob) for rule in rules),
        ]
        chosen = -1 if self.select is not None else 0
        for prefix in self.select or ():
            if _covers(prefix, rule):
                chosen = max(chosen, _length(prefix))
        against = max((_length(prefix) for prefix in ignored if _covers(prefix, rule)), default=-1)
        return chosen > against


def _covers(prefix: str, rule: str) -> bool:
    """Whether a selector stands for a rule; whole linters only: `B` does not cover BLE001, but `PL` all of PL*."""
    letters = prefix.rstrip("0123456789")
    return prefix == "ALL" or (rule.startswith(prefix) and letters in {rule.rstrip("0123456789"), "PL"})


def _length(prefix: str) -> int:
    return 0 if prefix == "ALL" else len(prefix)


def _matches(path: str, glob: str) -> bool:
    """Match as ruff does: the whole path, its name, or one of the folders it lies in."""
    glob = glob.strip("/")
    parts = path.split("/")
    heads = ["/".join(parts[: end + 1]) for end in range(len(parts))]
    return any(fnmatch(part, glob) for part in parts) or any(fnmatch(head, glob) for head in heads)


class SettingsOf:
    """Finds the settings that hold for a path: those of the nearest folder above it that has any."""

    def __init__(self, root: Path | None, files: Mapping[str, ReviewedFile]) -> None:
        self._root, self._files = root, files
        self._known: dict[str, RuffSettings | None] = {}

    def __call__(self, path: str) -> RuffSettings:
        """Return the settings for a path, none of the project's where there is no project."""
        folder = posixpath.dirname(path)
        while True:
            found = self._in(folder)
            if found is not None:
                return found
            if not folder:
                return RuffSettings()
            folder = posixpath.dirname(folder)

    def _in(self, folder: str) -> RuffSettings | None:
        if folder not in self._known:
            self._known[folder] = self._read(folder)
        return self._known[folder]

    def _read(self, folder: str) -> RuffSettings | None:
        if self._root is None:
            return None
        for name in NAMES:
            path = posixpath.join(folder, name)
            document = _parsed(self._text(path))
            if document is None:
                continue
            tables = _tables(document, pyproject=name == "pyproject.toml")
            if tables is not None:
                return _settings(folder, *tables)
        return None

    def _text(self, path: str) -> str | None:
        """Read a file of settings; where the change under review touches it, as it was before."""
        reviewed = self._files.get(path)
        if reviewed is not None:
            return reviewed.old_text if reviewed.diff.operation != "add" else None
        return _regular_text(self._root / path) if self._root is not None else None


def _regular_text(path: Path) -> str | None:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with os.fdopen(handle, "rb") as file:
        facts = os.fstat(file.fileno())
        if not stat.S_ISREG(facts.st_mode) or facts.st_size > LARGEST:
            return None
        return file.read(LARGEST).decode("utf-8", "replace")


def _parsed(text: str | None) -> dict[str, Any] | None:
    if text is None or len(text) > LARGEST:
        return None
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        return None


def _tables(document: dict[str, Any], *, pyproject: bool) -> tuple[dict[str, Any], dict[str, Any], object] | None:
    """Return ruff's table, its `lint` table and the version that the project requires; None without the first."""
    table = _get(document, "tool", "ruff") if pyproject else document
    if not isinstance(table, dict):
        return None
    lint = table.get("lint")
    return table, {**table, **(lint if isinstance(lint, dict) else {})}, _get(document, "project", "requires-python")


def _settings(folder: str, table: dict[str, Any], lint: dict[str, Any], requires: object) -> RuffSettings:
    select = _rules(lint.get("select")) if isinstance(lint.get("select"), list) else None
    more = _rules(lint.get("extend-select"))
    if select is None and more:
        select = _DEFAULT_RULES
    by_file: dict[str, tuple[str, ...]] = {}
    for key in ("per-file-ignores", "extend-per-file-ignores"):
        found = lint.get(key)
        for glob, rules in found.items() if isinstance(found, dict) else ():
            by_file[glob] = (*by_file.get(glob, ()), *_rules(rules))
    complexity = _get(lint, "mccabe", "max-complexity")
    return RuffSettings(
        base=folder,
        select=None if select is None else (*select, *more),
        ignore=(*_rules(lint.get("ignore")), *_rules(lint.get("extend-ignore"))),
        by_file=by_file,
        exclude=(*_texts(table.get("exclude")), *_texts(table.get("extend-exclude")), *_texts(lint.get("exclude"))),
        target=_target(table.get("target-version"), requires),
        complexity=complexity if isinstance(complexity, int) and complexity in _COMPLEXITY else None,
        builtins=tuple(name for name in _texts(table.get("builtins")) if name.isascii() and name.isidentifier()),
    )


def _target(version: object, requires: object) -> str | None:
    hit = _VERSION.match(version) if isinstance(version, str) else None
    if hit is None and isinstance(requires, str):
        hit = _REQUIRES.search(requires)
    return f"py3{hit[1]}" if hit is not None and int(hit[1]) in _VERSIONS else None


def _rules(value: object) -> tuple[str, ...]:
    return tuple(text for text in _texts(value) if _RULE.match(text) is not None)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def _get(value: object, *keys: str) -> object:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value
