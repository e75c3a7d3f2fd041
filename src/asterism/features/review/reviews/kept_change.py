"""The reviewed snapshot in the form it is kept in: packed, and sealed with the server's key (Stargazer [5.15])."""

import base64
import zlib

import msgspec

from asterism.features.review.findings import ReviewedFile
from asterism.features.review.inspection import Change
from asterism.kernel.secrets import Place, Secrets
from asterism.vcs.unified import FileDiff, Operation, parse

TEXT_BYTES = 1 << 20
TOTAL_BYTES = 16 << 20


class _File(msgspec.Struct, array_like=True):
    patch: str
    old_path: str | None
    new_path: str | None
    operation: str
    text: str | None


def pack(secrets: Secrets, review_id: str, change: Change) -> str:
    """Pack and seal the reviewed files; texts over 1 MiB, or over 16 MiB together, are kept as hunks only."""
    room = TOTAL_BYTES
    files = []
    for file in change.files:
        text = file.new_text
        if text is not None and len(text) > min(TEXT_BYTES, room):
            text = None
        room -= len(text or "")
        files.append(_File(file.diff.render(), file.diff.old_path, file.diff.new_path, file.diff.operation, text))
    raw = zlib.compress(msgspec.json.encode(files), 6)
    return secrets.seal(_place(review_id), base64.b64encode(raw).decode())


def unpack(secrets: Secrets, review_id: str, sealed: str) -> tuple[ReviewedFile, ...]:
    """Open what `pack` made. Raises SecretUnreadable."""
    raw = zlib.decompress(base64.b64decode(secrets.open(_place(review_id), sealed)))
    return tuple(_restored(entry) for entry in msgspec.json.decode(raw, type=list[_File]))


def _restored(entry: _File) -> ReviewedFile:
    operation: Operation = msgspec.convert(entry.operation, Operation)
    parsed = parse(entry.patch)
    hunks = parsed[0].hunks if parsed else ()
    return ReviewedFile(FileDiff(entry.old_path, entry.new_path, operation, hunks), entry.text)


def _place(review_id: str) -> Place:
    return Place("reviews", "snapshot", review_id)
