"""Serving immutable content: entity tags and single byte ranges (RFC 9110 13, 14)."""

import re

from asterism.base.errors import Invalid

_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})\Z")  # longer numbers name no byte of anything


class RangeNotSatisfiable(Invalid):
    """The range lies outside the content."""

    code = "RANGE_NOT_SATISFIABLE"

    def __init__(self, size: int) -> None:
        super().__init__(f"The range lies outside the content, whose size in bytes is {size}.", details={"size": size})
        self.size = size


def not_modified(known: str | None, tag: str) -> bool:
    """Say whether the client, by its If-None-Match, has the content with this strong entity tag already."""
    known = known or ""
    return known.strip() == "*" or any(part.strip().removeprefix("W/") == f'"{tag}"' for part in known.split(","))


def parse_range(wanted: str | None, condition: str | None, size: int, headers: dict[str, str]) -> tuple[int, int, bool]:
    """Return start, end (not included) and whether it is a part; then `Content-Range` is added to `headers`.

    `wanted` is the Range header, `condition` If-Range. A range that is malformed, names several, or comes with another
    `If-Range` tag than that of `headers` is ignored, as RFC 9110 allows. Raises RangeNotSatisfiable.
    """
    found = _RANGE.match((wanted or "").strip())
    if found is None or found[0] == "bytes=-" or (condition is not None and condition != headers.get("ETag")):
        return 0, size, False
    first, last = found[1], found[2]
    if first and last and int(last) < int(first):
        return 0, size, False
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last) + 1, size) if first and last else size
    if start >= size or (not first and int(last) == 0):
        raise RangeNotSatisfiable(size)
    headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return start, end, True
