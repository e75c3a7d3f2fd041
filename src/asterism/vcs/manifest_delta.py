"""What differs between the texts of two manifests, without reading the entries that they share.

Manifests of one tree, one push after the other, share almost every entry, byte for byte. Where both have the layout of
the canonical form, cutting the texts between entries and comparing the pieces finds the few that differ in a tenth of
the time that reading them takes.
"""

import re
from dataclasses import dataclass

import msgspec

from asterism.vcs.manifest import Entry

HEAD = b'{\n  "version": "1",\n  "files": [\n'
TAIL = b"\n    }\n  ]\n}"
BETWEEN = b"\n    },\n"

_STRING = rb'"(?:[^"\\\n]|\\[^\n])*"'
_ENTRY = re.compile(
    rb'    \{\n      "type": "(?:file|dir|symlink)",\n      "path": '
    + _STRING
    + rb'(?:,\n      "hash": "[0-9a-f]{64}")?'
    rb'(?:,\n      "size": [0-9]+)?(?:,\n      "mode": [0-9]+)?(?:,\n      "target": ' + _STRING + rb")?"
)
_entries = msgspec.json.Decoder(list[Entry])


@dataclass(frozen=True, slots=True)
class ManifestDelta:
    """The entries that only one of two manifests has; `kept` counts those that both have."""

    removed: list[Entry]
    added: list[Entry]
    kept: int


def has_regular_layout(data: bytes) -> bool:
    """Say whether a valid manifest is laid out like the canonical form, so that it can be cut between entries."""
    pieces = _pieces(data)
    return pieces is not None and all(_ENTRY.fullmatch(piece) for piece in pieces)


def compare_texts(old: bytes, new: bytes) -> ManifestDelta | None:
    """Return what differs between a manifest of regular layout and another text; None when it cannot be told so.

    The entries of the result are well-formed, but the rules of a whole manifest (`vcs/rules.py`) are not checked.
    """
    before, after = _pieces(old), _pieces(new)
    if before is None or after is None:
        return None
    old_set, new_set = set(before), set(after)
    if len(new_set) != len(after):
        return None
    if [piece for piece in before if piece in new_set] != [piece for piece in after if piece in old_set]:
        return None
    removed = [piece for piece in before if piece not in new_set]
    added = [piece for piece in after if piece not in old_set]
    if not all(_ENTRY.fullmatch(piece) for piece in added):
        return None
    try:
        return ManifestDelta(_decode(removed), _decode(added), len(before) - len(removed))
    except msgspec.MsgspecError:
        return None


def _pieces(data: bytes) -> list[bytes] | None:
    """Cut a text between entries, None when it does not begin and end like the canonical form."""
    if not data.startswith(HEAD) or not data.endswith(TAIL) or len(data) < len(HEAD) + len(TAIL):
        return None
    return data[len(HEAD) : -len(TAIL)].split(BETWEEN)


def _decode(pieces: list[bytes]) -> list[Entry]:
    return _entries.decode(b"[" + b",".join(piece + b"}" for piece in pieces) + b"]")
