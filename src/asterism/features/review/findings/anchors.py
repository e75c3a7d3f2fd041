"""Where a finding stands in the reviewed text, and the excerpt that proves it (Stargazer 5.10)."""

from collections.abc import Sequence
from dataclasses import dataclass

from asterism.base.linear import compiled
from asterism.features.review.findings.detector import mask
from asterism.features.review.findings.identity import folded
from asterism.features.review.findings.models import Evidence, Lens, Range
from asterism.features.review.findings.reviewed import ReviewedFile

NEAR = 3
EXCERPT_LINES = 10
EXCERPT_BYTES = 4096
_FILE_LEVEL_LENSES = frozenset({Lens.TESTS, Lens.SIMPLICITY})
_IDENTIFIER = compiled(r"[A-Za-z_][A-Za-z0-9_]{2,}")


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place on the new side; both lines None for the whole file. `deleted` holds the quoted lines that are gone."""

    start: int | None
    end: int | None
    how: str
    ceiling: float = 1.0
    deleted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unanchored:
    """A finding that stands nowhere; `reason` is the counter it goes under."""

    reason: str


@dataclass(frozen=True, slots=True)
class Claim:
    """Where a model says its finding is."""

    lens: Lens
    title: str
    start: int | None
    end: int | None
    quote: str | None


def anchor(file: ReviewedFile, claim: Claim) -> Anchor | Unanchored:
    """Place a model's finding by the rules (a) to (f) of [5.35], then [5.37]."""
    found = _by_quote(file, claim) if claim.quote and claim.quote.strip() else _by_lines(file, claim)
    if isinstance(found, Unanchored):
        return found
    if file.deleted:
        return Anchor(None, None, found.how, found.ceiling, found.deleted)
    if found.start is not None and found.end is not None and not _touches(file, found.start, found.end):
        return Unanchored("preExisting")
    return found


def anchor_tool(file: ReviewedFile, start: int, end: int) -> Anchor | Unanchored:
    """Keep an analyzer's range when it holds an added line ([5.30]); cut it to the hunk when it begins outside one."""
    start, end = max(1, start), max(start, end)
    added = file.first_added(start, end)
    if added is None:
        return Unanchored("preExisting")
    if file.hunk_at(start) is None:
        hunk = file.hunk_at(added)
        start = hunk[0] if hunk else added
    return Anchor(start, max(start, file.last_known(end)), "reported by the tool")


def _by_quote(file: ReviewedFile, claim: Claim) -> Anchor | Unanchored:
    wanted = [folded(line) for line in (claim.quote or "").strip("\n").split("\n")]
    while wanted and not wanted[-1]:
        wanted.pop()
    while wanted and not wanted[0]:
        wanted.pop(0)
    for needle in (wanted, _without_signs(wanted)):
        places = _places(file, needle)
        if places:
            start = min(places, key=lambda place: (abs(place - (claim.start or place)), place))
            return Anchor(start, start + len(needle) - 1, "anchored by quote")
        gone = _gone(file, needle, claim.start)
        if gone is not None:
            return gone
    return Unanchored("unsupported")


def _without_signs(lines: list[str]) -> list[str]:
    """Models copy the diff's own signs now and then; the line behind the sign is what counts."""
    return [folded(line[1:]) if line[:1] in "+-" else line for line in lines]


def _places(file: ReviewedFile, wanted: list[str]) -> list[int]:
    shown = {number: (line.hunk, folded(line.text)) for number, line in file.diff.new_lines.items()}
    out = []
    for number, (hunk, text) in shown.items():
        if wanted and text == wanted[0]:
            rest = range(1, len(wanted))
            if all(shown.get(number + offset) == (hunk, wanted[offset]) for offset in rest):
                out.append(number)
    return out


def _gone(file: ReviewedFile, wanted: list[str], near: int | None) -> Anchor | None:
    deleted = file.diff.deleted_lines
    hits = []
    for index in range(len(deleted) - len(wanted) + 1):
        run = deleted[index : index + len(wanted)]
        joined = all(line.before == run[0].before and line.hunk == run[0].hunk for line in run)
        if wanted and joined and [folded(line.text) for line in run] == wanted:
            hits.append(run)
    if not hits:
        return None
    run = min(hits, key=lambda lines: abs(lines[0].before - (near or lines[0].before)))
    here = run[0].before
    if file.line(here) is None:
        here = max(1, here - 1)
    line = None if file.line(here) is None else here
    return Anchor(line, line, "anchored by deleted lines", deleted=tuple(entry.text for entry in run))


def _by_lines(file: ReviewedFile, claim: Claim) -> Anchor | Unanchored:
    start, end = claim.start, claim.end
    if start is None or end is None or file.deleted:
        return _file_level(file, claim)
    for first, last in file.hunk_ranges:
        if start <= last and end >= first:
            return Anchor(max(start, first), min(end, last), "anchored by line", ceiling=0.60)
    if any(first - NEAR <= start <= last + NEAR for first, last in file.hunk_ranges):
        candidates = [number for number in file.diff.changed_numbers if file.hunk_at(number)]
        if candidates:
            nearest = min(candidates, key=lambda number: (abs(number - start), number))
            return Anchor(nearest, nearest, "moved to the nearest changed line", ceiling=0.50)
    return Unanchored("unsupported")


def _file_level(file: ReviewedFile, claim: Claim) -> Anchor | Unanchored:
    whole = Anchor(None, None, "about the file")
    if claim.lens in _FILE_LEVEL_LENSES or file.diff.operation in {"add", "delete"}:
        return whole
    changed = " ".join(
        [line.text for line in file.diff.new_lines.values() if line.kind == "added"]
        + [line.text for line in file.diff.deleted_lines]
    )
    words = {hit[0] for hit in _IDENTIFIER.finditer(changed)}
    return whole if any(hit[0] in words for hit in _IDENTIFIER.finditer(claim.title)) else Unanchored("unsupported")


def _touches(file: ReviewedFile, start: int, end: int) -> bool:
    return any(start - NEAR <= number <= end + NEAR for number in file.diff.changed_numbers)


def anchored_lines(file: ReviewedFile, place: Anchor) -> list[str]:
    """Return the lines whose text names the finding: the anchored range, or the deleted lines it quotes."""
    if place.deleted:
        return list(place.deleted)
    if place.start is None or place.end is None:
        return []
    return file.between(place.start, place.end)


def code_evidence(file: ReviewedFile, place: Anchor) -> Evidence:
    """Quote the snapshot: line k of the excerpt is new-side line `range.start + k - 1` ([5.38]); secrets masked."""
    if place.deleted:
        kept = _fit(place.deleted)
        return _evidence(file.path, f"{file.path} deleted lines", "deleted", kept, None)
    if place.start is None or place.end is None:
        return _file_evidence(file)
    kept = _fit(file.shown(place.start, place.end))
    end = place.start + max(1, len(kept)) - 1
    shown = f"line {place.start}" if end == place.start else f"lines {place.start}-{end}"
    return _evidence(file.path, f"{file.path} {shown}", f"{place.start}-{end}", kept, Range(place.start, end))


def _file_evidence(file: ReviewedFile) -> Evidence:
    """Quote the first changed line of a finding about a whole file."""
    first = min(file.diff.added_numbers, default=None)
    if first is not None and (shown := file.shown(first, first)):
        return _evidence(file.path, file.path, f"{first}-{first}", shown, Range(first, first))
    gone = [line.text for line in file.diff.deleted_lines[:1]]
    return _evidence(file.path, file.path, "deleted", gone, None)


def _evidence(path: str, title: str, place: str, lines: Sequence[str], where: Range | None) -> Evidence:
    excerpt = mask("\n".join(lines))
    source = f"diff:{path}:{place}"
    if where is None:
        return Evidence(type="code", title=title, source_id=source, file=path, excerpt=excerpt)
    return Evidence(type="code", title=title, source_id=source, file=path, range=where, excerpt=excerpt)


def _fit(lines: Sequence[str]) -> list[str]:
    """Keep whole lines up to 10 and 4 KiB; a single longer line is cut, because something must be shown."""
    kept: list[str] = []
    size = 0
    for line in lines[:EXCERPT_LINES]:
        size += len(line.encode("utf-8", "replace")) + 1
        if size > EXCERPT_BYTES + 1:
            break
        kept.append(line)
    if not kept and lines:
        kept = [lines[0].encode("utf-8", "replace")[: EXCERPT_BYTES - 4].decode("utf-8", "ignore")]
    return kept
