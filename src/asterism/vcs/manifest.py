"""Manifests: a tree as one flat list of entries (Fastest 7.2-7.4).

Two dialects are read, also mixed: *typed* (`type` on every entry) and *untyped* (no `type`: every entry is a file).
Only the typed canonical form is written; its bytes, and so its hash, are fixed by the entries alone.
"""

import json
import re
from collections.abc import Iterable
from typing import Any, Literal

import msgspec

from asterism.base.errors import Invalid
from asterism.vcs import rules
from asterism.vcs.content import hash_bytes
from asterism.vcs.rules import MAX_ENTRIES, ManifestInvalid, TooManyEntries

EntryType = Literal["file", "dir", "symlink"]

__all__ = [
    "EMPTY",
    "EMPTY_MANIFEST_HASH",
    "MAX_ENTRIES",
    "Entry",
    "EntryType",
    "InvalidJson",
    "ManifestInvalid",
    "TooManyEntries",
    "canonical",
    "encode",
    "manifest_hash",
    "read",
    "sort_key",
]


class InvalidJson(Invalid):
    """The bytes are no JSON text in UTF-8."""

    code = "INVALID_JSON"


def _file() -> EntryType:
    return "file"


class Entry(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One path of a tree.

    `hash` (64 hex) and `size` (bytes) belong to files, `target` to symlinks, `mode` (permission bits, 0 = not known)
    to files and dirs. The order of the members is the order of the keys in the canonical form.
    """

    type: EntryType = msgspec.field(default_factory=_file)  # a factory, so that "file" is written, not left out
    path: str = ""
    hash: str = ""
    size: int = 0
    mode: int = 0
    target: str = ""

    @property
    def executable(self) -> bool:
        """Whether any executable bit is set."""
        return self.mode & 0o111 != 0


class _Incoming(msgspec.Struct, gc=False):
    files: list[Entry]
    version: str | int | None = None


class _Outgoing(msgspec.Struct, gc=False):
    version: str
    files: list[Entry]


_incoming = msgspec.json.Decoder(_Incoming)


def read(data: bytes) -> list[Entry]:
    """Read and check a manifest of either dialect; entries come in the order of the file.

    Raises InvalidJson (no JSON), ManifestInvalid (422, with every reason, Fastest 7.3) or TooManyEntries.
    """
    try:
        incoming = _incoming.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise _explain(data) from None
    if incoming.version not in ("1", 1, None) or not rules.plausible(incoming.files):
        raise _explain(data)
    if len(incoming.files) > MAX_ENTRIES:
        raise TooManyEntries
    if rules.suspicious(incoming.files):
        problems = rules.check(msgspec.to_builtins(incoming.files))
        if problems:
            raise ManifestInvalid(problems)
    return incoming.files


def _explain(data: bytes) -> Invalid:
    """Read a manifest that is certainly wrong once more, slowly, and say why."""
    document = _parse_anything(data)
    if isinstance(document, Invalid):
        return document
    problems = rules.check_document(document)
    return ManifestInvalid(problems or [{"index": None, "reason": "shape"}])


def _parse_anything(data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return InvalidJson("The manifest is not valid JSON.")


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def sort_key(entry: Entry) -> tuple[bytes, str]:
    """Return what canonical entries are sorted by: the UTF-8 bytes of the path, then the type."""
    return entry.path.encode(), entry.type


def canonical(entries: Iterable[Entry]) -> list[Entry]:
    """Return the entries in canonical order and with nothing but what their type has."""
    return sorted(map(_lean, entries), key=sort_key)


def _lean(entry: Entry) -> Entry:
    """Drop members that a type does not have (a reader tolerates them, the canonical form does not hold them)."""
    if entry.type == "file":
        return msgspec.structs.replace(entry, target="") if entry.target else entry
    if entry.type == "dir":
        return (
            Entry(type="dir", path=entry.path, mode=entry.mode) if entry.hash or entry.size or entry.target else entry
        )
    if entry.hash or entry.size or entry.mode:
        return Entry(type="symlink", path=entry.path, target=entry.target)
    return entry


# The bytes of these only ever occur inside strings, so replacing them in the finished text is safe.
_HTML_SAFE = (
    (b"<", b"\\u003c"),
    (b">", b"\\u003e"),
    (b"&", b"\\u0026"),
    ("\u2028".encode(), b"\\u2028"),
    ("\u2029".encode(), b"\\u2029"),
)
_UPPER_ESCAPE = re.compile(rb"\\\\|\\u00[01][0-9A-F]")


def encode(entries: Iterable[Entry]) -> bytes:
    """Write the typed canonical form (Fastest 7.4): the same entries give the same bytes, in whatever order."""
    compact = msgspec.json.encode(_Outgoing(version="1", files=canonical(entries)))
    text = msgspec.json.format(compact, indent=2)
    for raw, escaped in _HTML_SAFE:
        text = text.replace(raw, escaped)
    return _UPPER_ESCAPE.sub(lambda found: found[0].lower(), text) if b"\\u00" in text else text


def manifest_hash(entries: Iterable[Entry]) -> str:
    """Return the hash of the canonical form."""
    return hash_bytes(encode(entries))


EMPTY = encode([])
EMPTY_MANIFEST_HASH = hash_bytes(EMPTY)
