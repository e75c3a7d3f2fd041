"""Commits as raw bytes, what a snapshot holds of them, and what it holds aside (its origin). Pure.

A commit whose headers git itself would refuse is read as far as it goes.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from asterism.client.snapshot_id import whole_second

SUMMARY_CHARACTERS = 200_000  # the server's limit for imported messages
AUTHOR_CHARACTERS = 255
ORIGIN_CHARACTERS = 4000
PARENTS = 16

_EARLIEST, _LATEST = -62_135_596_800, 253_402_300_799  # the years 1 to 9999
_PERSON = re.compile(r"([^<\n]*?) ?<([^>\n]*)>(?: +(-?\d{1,20}))?(?: +([+-]\d{1,8}))?\s*")


@dataclass(frozen=True, slots=True)
class Person:
    """An author or committer: `seconds` since 1970, `zone` as git writes it, `line` the header's whole text."""

    name: str
    email: str
    seconds: int
    zone: str
    line: str


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit. `signed` says that it has headers which a snapshot does not keep: signatures, merged tags."""

    oid: str
    tree: str
    parents: tuple[str, ...]
    author: Person
    committer: Person
    message: str
    signed: bool

    @property
    def origin(self) -> str:
        """What git says beside message, tree and parents, for an export to say again."""
        ending = "line feed" if self.message.endswith("\n") else "none"
        return f"author {self.author.line}\ncommitter {self.committer.line}\nend {ending}\n"

    @property
    def summary(self) -> str:
        """The message without the line feed that git ends nearly every message with."""
        return self.message.removesuffix("\n")

    @property
    def created_at(self) -> str:
        """The author's time, cut to the years that a time can have."""
        seconds = max(_EARLIEST, min(_LATEST, self.author.seconds))
        return whole_second(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds))

    def losses(self) -> list[str]:
        """Say what a snapshot cannot hold of this commit."""
        found = []
        if not _EARLIEST <= self.author.seconds <= _LATEST:
            found.append(f"the time of {self.oid[:12]} is cut to {self.created_at}")
        if len(self.summary) > SUMMARY_CHARACTERS:
            found.append(f"the message of {self.oid[:12]} is cut to {SUMMARY_CHARACTERS} characters")
        if max(len(self.author.name), len(self.author.email)) > AUTHOR_CHARACTERS:
            found.append(f"the author of {self.oid[:12]} is cut to {AUTHOR_CHARACTERS} characters")
        if len(self.origin) > ORIGIN_CHARACTERS:
            found.append(f"committer and time zone of {self.oid[:12]} are too long to be kept")
        if len(set(self.parents)) > PARENTS:
            found.append(f"{self.oid[:12]} has {len(set(self.parents))} parents, of which the first {PARENTS} are kept")
        return found


def parse_commit(oid: str, data: bytes) -> Commit | None:
    """Read a raw commit object; None when it names no tree."""
    head, _, message = data.partition(b"\n\n")
    fields: dict[str, list[bytes]] = {}
    for line in head.split(b"\n"):
        if not line.startswith(b" "):  # a continued line belongs to a signature
            key, _, value = line.partition(b" ")
            fields.setdefault(key.decode("latin-1"), []).append(value)
    encoding = fields.get("encoding", [b"utf-8"])[0].decode("latin-1")
    tree = fields.get("tree", [b""])[0].decode("latin-1")
    if re.fullmatch(r"[0-9a-f]{40,64}", tree) is None:
        return None
    author = _person(fields.get("author", [b""])[0], encoding)
    return Commit(
        oid=oid,
        tree=tree,
        parents=tuple(parent.decode("latin-1") for parent in fields.get("parent", [])),
        author=author,
        committer=_person(fields["committer"][0], encoding) if "committer" in fields else author,
        message=decode(message, encoding),
        signed=not fields.keys() <= {"tree", "parent", "author", "committer", "encoding"},
    )


def _person(raw: bytes, encoding: str) -> Person:
    line = decode(raw, encoding).replace("\r", " ").strip()
    match = _PERSON.fullmatch(line)
    if match is None:
        return Person(line, "", 0, "+0000", f"{line.replace('<', '').replace('>', '')} <> 0 +0000")
    return Person(match[1].strip(), match[2].strip(), int(match[3] or 0), match[4] or "+0000", line)


def decode(raw: bytes, encoding: str) -> str:
    """Read text in the encoding that a commit names; what does not fit it is read as Latin-1, which always fits."""
    try:
        text = raw.decode(encoding)
        text.encode()
    except (UnicodeError, LookupError, ValueError):
        text = raw.decode("latin-1")
    return text.replace("\0", "")


@dataclass(frozen=True, slots=True)
class Origin:
    """What `Commit.origin` says: the lines of author and committer, and whether the message ends in a line feed."""

    author: str | None = None
    committer: str | None = None
    ends: bool = True


def read_origin(text: str | None) -> Origin:
    """Read an origin; lines that git's `fast-import` would not take are left out."""
    fields = dict(line.partition(" ")[::2] for line in (text or "").split("\n"))
    lines = [fields.get(key, "") for key in ("author", "committer")]
    author, committer = (line if _is_line(line) else None for line in lines)
    return Origin(author, committer, fields.get("end") != "none")


def _is_line(line: str) -> bool:
    """Whether `fast-import` takes a line: one pair of brackets, a time that is not negative, a zone."""
    return re.fullmatch(r"(?:[^<>\n\0]* )?<[^<>\n\0]*> \d{1,18} [+-]\d{4}", line) is not None
