"""Merging documents by lines, and finding out which version brought a line (Beyond 10). Pure."""

from asterism.features.talk.memory.errors import MemoryConflict
from asterism.features.talk.memory.models import BlamedLine, Document, Version
from asterism.vcs.linediff import TooManyLines, matching_lines, split_lines
from asterism.vcs.lines import merge_lines


def merged(base: str, ours: str, current: Document) -> str:
    """Return what both changes of `base` come to. Raises MemoryConflict with both texts where they overlap."""
    found: bytes | None
    try:
        found = merge_lines(base.encode(), ours.encode(), current.content.encode()).content
    except TooManyLines:
        found = None
    if found is None:
        raise MemoryConflict(current.updated_at, base=base, theirs=current.content)
    return found.decode()


class Blame:
    """Walks back through the versions of a document, newest first, the present one included."""

    def __init__(self, content: str) -> None:
        self._content = content.encode()
        self._texts = [line.decode().removesuffix("\n") for line in split_lines(self._content)]
        self._found: list[Version | None] = [None] * len(self._texts)
        self._open = {number: number for number in range(len(self._texts))}
        """Lines that an older version may have brought: their number there, and in the document."""
        self._newer: Version | None = None

    @property
    def complete(self) -> bool:
        """Whether every line has its version."""
        return not self._open

    def go_back(self, version: Version) -> None:
        """Look at the next older version: what it lacks, the one after it brought."""
        content = (version.content or "").encode()
        if self._newer is not None:
            there = {new: old for old, new in matching_lines(content, self._content).items()}
            for number, place in list(self._open.items()):
                if number not in there:
                    self._found[place] = self._newer
            self._open = {there[number]: place for number, place in self._open.items() if number in there}
        self._content, self._newer = content, version

    def lines(self) -> list[BlamedLine]:
        """Return the lines; those that the oldest version has already are its own."""
        blamed = []
        for text, version in zip(self._texts, self._found, strict=True):
            by = version or self._newer
            if by is not None:
                blamed.append(BlamedLine(text, by.version, by.source, by.chat_id, by.run_id, by.updated_at))
        return blamed
