"""Cutting markdown into chunks (Starbot 6.5). Pure."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

MAX_TOKENS = 800
OVERLAP_TOKENS = 100
_BYTES = 4
_HEADING = re.compile(r"^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s+|(?<=[。！？])")


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a document; `heading` is the path of headings above it, joined by ` > `."""

    heading: str
    ordinal: int
    text: str
    tokens: int


@dataclass(slots=True)
class _Section:
    level: int
    path: tuple[str, ...]
    lines: list[str]
    has_body: bool


def tokens_of(text: str) -> int:
    """Return the estimated tokens of a text: a quarter of its UTF-8 bytes, rounded up."""
    return -(-len(text.encode()) // _BYTES)


def chunks_of(text: str, *, heading: str = "") -> list[Chunk]:
    """Cut a document; `heading` stands where the document itself has none (a chat's title, for a message)."""
    found: list[Chunk] = []
    for section in _sections(text):
        content = "\n".join(section.lines).strip("\n")
        path = " > ".join(section.path) or heading
        for piece in _pieces(content):
            found.append(Chunk(path, len(found), piece, tokens_of(piece)))
    return found


def _sections(text: str) -> Iterator[_Section]:
    """Yield headings with their bodies; a heading without a body is put in front of its first subsection."""
    current = _Section(0, (), [], False)
    open_headings: list[tuple[int, str]] = []
    for line, in_fence in _lines(text):
        heading = None if in_fence else _HEADING.match(line)
        if heading is None:
            current.lines.append(line)
            current.has_body = current.has_body or bool(line.strip())
            continue
        level = len(heading[1])
        open_headings = [(n, title) for n, title in open_headings if n < level]
        open_headings.append((level, (heading[2] or "").strip()))
        path = tuple(title for _, title in open_headings if title)
        if not current.has_body and 0 < current.level < level:
            current = _Section(level, path, [*current.lines, line], False)
            continue
        if current.has_body or current.level:
            yield current
        current = _Section(level, path, [line], False)
    if current.has_body or current.level:
        yield current


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the lines, each with whether it belongs to a code fence (its delimiters included)."""
    fence: str | None = None
    for line in (line.removesuffix("\r") for line in text.split("\n")):
        mark = _FENCE.match(line)
        if fence is None:
            fence = mark[1] if mark else None
            yield line, fence is not None
        else:
            yield line, True
            if mark and mark[1][0] == fence[0] and len(mark[1]) >= len(fence) and not line.strip().strip(fence[0]):
                fence = None


def _pieces(text: str) -> Iterator[str]:
    """Yield the text in pieces of at most 800 tokens, each further one starting with the end of the one before."""
    if not text.strip():
        return
    if tokens_of(text) <= MAX_TOKENS:
        yield text
        return
    before = ""
    for fresh in _packed(_atoms(text)):
        yield before + fresh
        before = _tail(fresh)


def _packed(atoms: Sequence[str]) -> Iterator[str]:
    """Join atoms to pieces: the first of at most 800 tokens, the others leaving room for the overlap."""
    room = MAX_TOKENS * _BYTES
    piece = b""
    for atom in atoms:
        raw = atom.encode()
        while raw:
            fits = raw if len(piece) + len(raw) <= room else b""
            if not fits and not piece:
                fits = raw[:room].decode("utf-8", "ignore").encode()
            if fits:
                piece += fits
                raw = raw[len(fits) :]
            if raw:
                yield piece.decode()
                piece, room = b"", (MAX_TOKENS - OVERLAP_TOKENS) * _BYTES
    if piece.strip():
        yield piece.decode()


def _atoms(text: str) -> list[str]:
    """Return the smallest parts worth keeping whole; joined they are the text."""
    limit = (MAX_TOKENS - OVERLAP_TOKENS) * _BYTES
    found: list[str] = []
    for block in _blocks(text):
        found.extend(_split(block, limit, [_by_line, _by_sentence]))
    return found


def _blocks(text: str) -> Iterator[str]:
    """Yield paragraphs and whole fences, each with the line ends that follow it."""
    block: list[str] = []
    was_fence = False
    for line, in_fence in _lines(text):
        ends = not in_fence and (not line.strip() or was_fence)
        block.append(line + "\n")
        if ends or (in_fence and not was_fence and len(block) > 1):
            keep = [] if ends else [block.pop()]
            yield "".join(block)
            block = keep
        was_fence = in_fence
    if block:
        yield "".join(block).removesuffix("\n")


def _split(text: str, limit: int, ways: Sequence[Callable[[str], list[str]]]) -> list[str]:
    if len(text.encode()) <= limit or not ways:
        return [text]
    parts = ways[0](text)
    return [smaller for part in parts for smaller in _split(part, limit, ways[1:])]


def _by_line(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def _by_sentence(text: str) -> list[str]:
    ends = [match.end() for match in _SENTENCE.finditer(text)]
    return [text[a:b] for a, b in zip([0, *ends], [*ends, len(text)], strict=True) if a < b]


def _tail(piece: str) -> str:
    """Return the last at most 100 tokens of a piece, beginning at a word."""
    raw = piece.encode()
    if len(raw) <= OVERLAP_TOKENS * _BYTES:
        return piece
    text = raw[len(raw) - OVERLAP_TOKENS * _BYTES :].decode("utf-8", "ignore")
    cut = re.search(r"\s", text)
    return text[cut.end() :] if cut and cut.end() < len(text) else text
