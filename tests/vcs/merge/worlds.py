"""Trees for merge tests: files by their text, and a blob store that remembers every text that was named."""

from collections.abc import Sequence

from asterism.vcs.content import hash_bytes
from asterism.vcs.manifest import Entry
from asterism.vcs.merge import Plan, from_entries, make_plan

STORE: dict[str, bytes] = {}


def file(path: str, text: str | bytes, mode: int = 0o644) -> Entry:
    data = text.encode() if isinstance(text, str) else text
    STORE[hash_bytes(data)] = data
    return Entry(type="file", path=path, hash=hash_bytes(data), size=len(data), mode=mode)


def link(path: str, target: str) -> Entry:
    return Entry(type="symlink", path=path, target=target)


def folder(path: str, mode: int = 0o755) -> Entry:
    return Entry(type="dir", path=path, mode=mode)


def read(hashes: Sequence[str]) -> dict[str, bytes]:
    return {name: STORE[name] for name in hashes if name in STORE}


def nothing_read(hashes: Sequence[str]) -> dict[str, bytes]:
    raise AssertionError(f"contents were asked for: {hashes}")


def plan_of(base: Sequence[Entry], ours: Sequence[Entry], main: Sequence[Entry], reader=read) -> Plan:
    return make_plan(from_entries(base, ours, main), reader)
