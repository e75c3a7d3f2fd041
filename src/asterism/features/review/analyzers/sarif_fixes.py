"""The fix of a SARIF result as a unified diff, when it is one set of replacements on the reviewed file."""

from collections.abc import Mapping
from typing import Any

from asterism.features.review.findings import ReviewedFile, patches


def patch(result: Mapping[str, Any], file: ReviewedFile) -> str | None:
    """Return the diff of the first fix, None when there is none or it does not fit the text."""
    fixes = result.get("fixes")
    text = file.new_text
    if not isinstance(fixes, list) or not fixes or text is None:
        return None
    try:
        (change,) = fixes[0]["artifactChanges"]
        edits = [_edit(text, replacement) for replacement in change["replacements"]]
    except (KeyError, TypeError, ValueError, IndexError):
        return None
    for begin, end, new in sorted(edits, reverse=True):
        text = text[:begin] + new + text[end:]
    return patches.between(file.path, file.new_text or "", text)


def _edit(text: str, replacement: Mapping[str, Any]) -> tuple[int, int, str]:
    """Read one replacement into `(begin, end, new text)` offsets; columns count from 1 in characters."""
    region = replacement["deletedRegion"]
    new = replacement.get("insertedContent", {}).get("text", "")
    first = int(region["startLine"])
    last = int(region.get("endLine", first))
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    begin = starts[first - 1] + int(region.get("startColumn", 1)) - 1
    end = starts[last - 1] + int(region["endColumn"]) - 1 if "endColumn" in region else starts[last] - 1
    if not 0 <= begin <= end <= len(text) or not isinstance(new, str):
        raise ValueError("the region is outside the text")
    return begin, end, new
