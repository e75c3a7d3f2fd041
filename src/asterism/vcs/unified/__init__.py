"""Unified diffs: parse them, know every line's number on both sides, apply them, write them.

Rules: Stargazer 5.3 [5.8], [5.9]. Text is `str`; bytes that are not UTF-8 travel as surrogate escapes, see `decode`.
Only LF ends a line, so a CR before it belongs to the text of the line.
"""

from asterism.vcs.unified.errors import DiffError
from asterism.vcs.unified.files import DeletedLine, FileDiff, NewLine, Operation
from asterism.vcs.unified.hunks import Hunk, Line, LineKind, apply
from asterism.vcs.unified.parser import parse
from asterism.vcs.unified.quotes import decode, encode, quote, unquote
from asterism.vcs.unified.writer import compare

__all__ = [
    "DeletedLine",
    "DiffError",
    "FileDiff",
    "Hunk",
    "Line",
    "LineKind",
    "NewLine",
    "Operation",
    "apply",
    "compare",
    "decode",
    "encode",
    "parse",
    "quote",
    "unquote",
]
