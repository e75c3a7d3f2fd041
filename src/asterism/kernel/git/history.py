"""Reading what is committed: blobs, blame, merge bases, attributes. Nothing here looks at unsaved work."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from asterism.base.clock import stamp
from asterism.kernel.git.checkout import Checkout
from asterism.kernel.git.errors import CommandFailed, UnknownRevision
from asterism.vcs.unified import encode

BLAME_SECONDS = 10.0
BLOB_LIMIT = 4 << 20
BLOBS_LIMIT = 256 << 20

_OBJECT_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


@dataclass(frozen=True, slots=True)
class Blame:
    """Who last changed a committed line. `commit_date` is a stamp of the committer's time."""

    author: str
    author_email: str
    commit: str
    commit_date: str
    summary: str


@dataclass(frozen=True, slots=True)
class Attributes:
    """Linguist's two attributes of a path: True set, False unset on purpose, None not mentioned."""

    generated: bool | None = None
    vendored: bool | None = None


def resolve_commit(checkout: Checkout, revision: str) -> str:
    """Return the id of the commit that `revision` names. Raises UnknownRevision."""
    if not revision or "\0" in revision:
        raise UnknownRevision("The reference is empty or holds a NUL.")
    found = checkout.run(
        "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}", accept=(0, 1, 128)
    )
    commit = found.strip().decode("ascii", "replace")
    if not _OBJECT_ID.fullmatch(commit):
        checkout.require_work_tree()
        raise UnknownRevision(f"'{revision}' names no commit of this repository.")
    return commit


def merge_base(checkout: Checkout, revision: str) -> str:
    """Return the best common ancestor of HEAD and `revision`. Raises UnknownRevision when either does not exist."""
    ours, theirs = resolve_commit(checkout, "HEAD"), resolve_commit(checkout, revision)
    found = checkout.run("merge-base", ours, theirs, accept=(0, 1)).split()
    if not found:
        raise UnknownRevision(f"'{revision}' has no history in common with HEAD.")
    return found[0].decode()


def read_blobs(checkout: Checkout, ids: Iterable[str], *, limit: int = BLOB_LIMIT) -> dict[str, bytes]:
    """Return the blobs of `ids` that exist here and are at most `limit` bytes each."""
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return {}
    request = "".join(f"{one}\n" for one in wanted).encode()
    checked = checkout.run("cat-file", "--batch-check", "--buffer", stdin=request).splitlines()
    small = [one for one, line in zip(wanted, checked, strict=True) if _is_blob_within(line, limit)]
    if not small:
        return {}
    request = "".join(f"{one}\n" for one in small).encode()
    raw = checkout.run("cat-file", "--batch", "--buffer", stdin=request, max_output=BLOBS_LIMIT)
    return dict(_batch(raw))


def read_committed(checkout: Checkout, path: str, revision: str = "HEAD") -> bytes | None:
    """Return the content of `path` (relative to the root) in `revision`, None when it is not there or over 4 MiB."""
    name = f"{revision}:{checkout.prefix}{path}"
    found = checkout.run("rev-parse", "--verify", "--quiet", "--end-of-options", name, accept=(0, 1, 128))
    blob = found.strip().decode("ascii", "replace")
    return read_blobs(checkout, [blob]).get(blob) if _OBJECT_ID.fullmatch(blob) else None


def blame_line(checkout: Checkout, path: str, line: int, revision: str = "HEAD") -> Blame | None:
    """Say who last changed `line` (from 1) of `path` in `revision`; None when there is no such line or path."""
    raw = checkout.run(
        "blame",
        "--porcelain",
        "--no-textconv",
        "-L",
        f"{line},{line}",
        revision,
        "--",
        path,
        timeout=BLAME_SECONDS,
        accept=(0, 128),
    )
    return _read_blame(raw)


def attributes_of(checkout: Checkout, paths: Sequence[str]) -> dict[str, Attributes]:
    """Return `linguist-generated` and `linguist-vendored` of each path that mentions them."""
    if not paths:
        return {}
    request = b"".join(encode(path) + b"\0" for path in paths)
    raw = checkout.run("check-attr", "-z", "--stdin", "linguist-generated", "linguist-vendored", stdin=request)
    fields = raw.decode("utf-8", "surrogateescape").split("\0")
    found: dict[str, dict[str, bool]] = {}
    for path, name, value in zip(fields[0::3], fields[1::3], fields[2::3], strict=False):
        if value != "unspecified":
            found.setdefault(path, {})[name] = value not in {"unset", "false"}
    return {
        path: Attributes(values.get("linguist-generated"), values.get("linguist-vendored"))
        for path, values in found.items()
    }


def _is_blob_within(line: bytes, limit: int) -> bool:
    fields = line.split()
    return len(fields) == 3 and fields[1] == b"blob" and int(fields[2]) <= limit


def _batch(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """Read `cat-file --batch`: a line `id type size`, the content, a newline."""
    position = 0
    while position < len(raw):
        end = raw.find(b"\n", position)
        fields = raw[position:end].split()
        if end < 0 or len(fields) != 3:
            raise CommandFailed("git cat-file wrote an answer that is cut off.")
        size = int(fields[2])
        yield fields[0].decode(), raw[end + 1 : end + 1 + size]
        position = end + 1 + size + 1


def _read_blame(raw: bytes) -> Blame | None:
    lines = raw.decode("utf-8", "replace").split("\n")
    facts: dict[str, str] = {}
    for line in lines[1:]:
        if line.startswith("\t"):
            break
        key, _, value = line.partition(" ")
        facts[key] = value
    commit = lines[0].split(" ")[0]
    if not _OBJECT_ID.fullmatch(commit) or not facts.get("committer-time", "").lstrip("-").isdigit():
        return None
    try:
        moment = datetime.fromtimestamp(int(facts["committer-time"]), UTC)
    except (OverflowError, ValueError, OSError):
        return None
    return Blame(
        author=facts.get("author", ""),
        author_email=facts.get("author-mail", "").removeprefix("<").removesuffix(">"),
        commit=commit,
        commit_date=stamp(moment),
        summary=facts.get("summary", ""),
    )
