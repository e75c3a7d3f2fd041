"""Asking a person whose version a sync is to take, with both sides before their eyes."""

import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asterism.client.api import Api
    from asterism.client.models import SyncConflict
    from asterism.client.sync import Answer, Settle
    from asterism.vcs.lines import LineMerge

SHOWN_REGIONS = 3
SHOWN_LINES = 8
MOST_BYTES = 4 << 20
MARKERS = (b"<<<<<<< ", b">>>>>>> ")
REGENERATE = "regenerate"


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says about conflicts: whose side to `take`, paths to take from either, and lock files."""

    take: str | None
    main: Sequence[str]
    workspace: Sequence[str]
    regenerate: bool = False

    def answer(self, conflict: "SyncConflict") -> str | None:
        """Return the option that is chosen for a conflict; paths count before kinds, and these before sides."""
        from asterism.client.base import within
        from asterism.vcs.merge import USE_MAIN, USE_WORKSPACE

        if within(conflict.path, self.main):
            return USE_MAIN
        if within(conflict.path, self.workspace):
            return USE_WORKSPACE
        if self.regenerate and conflict.offers(REGENERATE):
            return REGENERATE
        return {"main": USE_MAIN, "workspace": USE_WORKSPACE}.get(self.take or "")


def settler(api: "Api", source: str, options: Options, *, may_ask: bool) -> "Settle":
    """Return who answers conflicts: what the options say; for what they leave open a person, if one is there."""
    present = may_ask and sys.stdin.isatty() and sys.stderr.isatty()

    def settle(conflicts: "Sequence[SyncConflict]") -> "Mapping[str, Answer]":
        answers: dict[str, Answer] = {}
        for conflict in conflicts:
            answer: Answer | None = options.answer(conflict)
            if answer is None and present:
                answer = _Question(api, conflict, source).ask()
                if answer is None:  # enough of it
                    break
            if answer is not None:
                answers[conflict.path] = answer
        return answers

    return settle


@dataclass(frozen=True, slots=True)
class _Sides:
    """The three contents of a conflict that is text, and their merge by lines."""

    base: bytes
    ours: bytes
    main: bytes
    merge: "LineMerge"


class _Question:
    """One conflict, asked about until there is an answer."""

    def __init__(self, api: "Api", conflict: "SyncConflict", source: str) -> None:
        self._api = api
        self._conflict = conflict
        self._source = source
        self._sides = self._read() if conflict.allows_custom_content else None

    def ask(self) -> "Answer | None":
        """Return the answer; None is to stop."""
        from asterism.cli.output import path_text, printable, say
        from asterism.cli.questions import KINDS
        from asterism.vcs.merge import USE_MAIN, USE_WORKSPACE

        conflict = self._conflict
        say(f"{path_text(conflict.path)}: {KINDS.get(conflict.kind, conflict.kind)}")
        self._show()
        main = "main" if self._source == "main" else f"main ({self._source})"
        can_write = conflict.offers(REGENERATE)
        more = ", ".join(["regenerate"] * can_write + ["edit"] * (self._sides is not None) + ["stop"])
        while True:
            sys.stderr.write(printable(f"take {main} or workspace? [{more}] "))
            sys.stderr.flush()
            line = sys.stdin.readline()
            word = line.strip().lower()
            if word in ("main", "m"):
                return USE_MAIN
            if word in ("workspace", "w"):
                return USE_WORKSPACE
            if word in ("regenerate", "r") and can_write:
                return REGENERATE
            if word in ("edit", "e") and self._sides is not None and (content := self._edited(self._sides)) is not None:
                return content
            if not line or word in ("stop", "s", "q"):
                return None

    def _show(self) -> None:
        from asterism.cli.output import say
        from asterism.vcs.linediff import split_lines

        sides = self._sides
        if sides is None:
            say(f"  workspace: {self._conflict.workspace_intent}")
            say(f"  {self._source}: {self._conflict.main_intent}")
            return
        ours, main = split_lines(sides.ours), split_lines(sides.main)
        for region in sides.merge.regions[:SHOWN_REGIONS]:
            self._show_lines("workspace", ours, region.ours_start, region.ours_end)
            self._show_lines(self._source, main, region.main_start, region.main_end)
        if len(sides.merge.regions) > SHOWN_REGIONS:
            say(f"  and {len(sides.merge.regions) - SHOWN_REGIONS} more places")

    @staticmethod
    def _show_lines(name: str, lines: Sequence[bytes], start: int, end: int) -> None:
        from asterism.cli.output import say

        say(f"  {name}, line {start + 1}:" if end > start else f"  {name}, line {start + 1}: nothing")
        for line in lines[start : min(end, start + SHOWN_LINES)]:
            say(f"    {line.decode(errors='replace').rstrip()}")
        if end - start > SHOWN_LINES:
            say(f"    and {end - start - SHOWN_LINES} more lines")

    def _read(self) -> _Sides | None:
        """Return the contents, None where they are no text, too large or not to be had."""
        from asterism.vcs.lines import merge_lines, mergeable

        conflict, contents = self._conflict, []
        for blob in (conflict.base_hash, conflict.workspace_hash, conflict.main_hash):
            content = b"" if blob is None else self._content(blob)
            if content is None:
                return None
            contents.append(content)
        if mergeable(*contents) != "text":
            return None
        base, ours, main = contents
        return _Sides(base, ours, main, merge_lines(base, ours, main))

    def _content(self, blob: str) -> bytes | None:
        from asterism.base.errors import DomainError

        found = bytearray()
        try:
            with self._api.get_blob(blob) as pieces:
                for piece in pieces:
                    found += piece
                    if len(found) > MOST_BYTES:
                        return None
        except DomainError:
            return None
        return bytes(found)

    def _edited(self, sides: _Sides) -> bytes | None:
        """Let the person write the result; None when they left conflict markers in it, or the editor failed."""
        from asterism.cli.output import say
        from asterism.vcs.lines import with_markers

        names = ("workspace", self._source)
        marked = with_markers(sides.merge, sides.base, sides.ours, sides.main, names=names)
        command = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
        with tempfile.TemporaryDirectory(prefix="asterism-") as folder:
            path = Path(folder) / os.path.basename(self._conflict.path)
            path.write_bytes(marked)
            try:
                status = subprocess.run([*command, str(path)], check=False).returncode
            except OSError as error:
                say(f"{command[0]}: {error.strerror}; set EDITOR to the editor that you use")
                return None
            content = path.read_bytes()
        if status:
            say(f"{command[0]} ended with {status}; its result is not taken")
            return None
        if any(line.startswith(MARKERS) for line in content.splitlines()):
            say("There are conflict markers left in it.")
            return None
        return content
