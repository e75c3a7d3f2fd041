"""Serving immutable content: entity tags and single byte ranges (RFC 9110 13, 14)."""

import re

from asterism.asgi.body import AnyRequest
from asterism.base.errors import Invalid

_RANGE = re.compile(r"bytes=(\d*)-(\d*)\Z")


class RangeNotSatisfiable(Invalid):
    """The range lies outside the content."""

    code = "RANGE_NOT_SATISFIABLE"

    def __init__(self, size: int) -> None:
        super().__init__(f"The range lies outside the {size} bytes of the content.", details={"size": size})
        self.size = size


def not_modified(request: AnyRequest, tag: str) -> bool:
    """Say whether the client has the content with this strong entity tag already."""
    known = request.headers.get("if-none-match", "")
    return known.strip() == "*" or any(part.strip().removeprefix("W/") == f'"{tag}"' for part in known.split(","))


def parse_range(request: AnyRequest, size: int, headers: dict[str, str]) -> tuple[int, int, int]:
    """Return start, end (not included) and status; for a range, `Content-Range` is added to `headers`.

    A header that is malformed, names several ranges, or comes with another `If-Range` tag is ignored, as RFC 9110
    allows. Raises RangeNotSatisfiable.
    """
    condition = request.headers.get("if-range")
    found = _RANGE.match(request.headers.get("range", "").strip())
    if found is None or found[0] == "bytes=-" or (condition is not None and condition != headers.get("ETag")):
        return 0, size, 200
    first, last = found[1], found[2]
    if first and last and int(last) < int(first):
        return 0, size, 200
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last) + 1, size) if first and last else size
    if start >= size or (not first and int(last) == 0):
        raise RangeNotSatisfiable(size)
    headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return start, end, 206
