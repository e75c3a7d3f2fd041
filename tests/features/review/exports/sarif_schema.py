"""The part of the SARIF 2.1.0 schema that our documents use, closed against anything else (OASIS sarif-v2.1.0)."""

from typing import Any


def closed(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def many(item: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": item, **more}


TEXT = {"type": "string"}
FULL = {"type": "string", "minLength": 1}
INDEX = {"type": "integer", "minimum": -1}
LINE = {"type": "integer", "minimum": 1}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
BAG = {"type": "object", "properties": {"tags": many(TEXT, uniqueItems=True)}}
MESSAGE = closed({"text": FULL}, "text")
ARTIFACT = closed({"uri": {"type": "string", "pattern": "^[A-Za-z0-9._~%!$&'()*+,;=:@/-]*$"}}, "uri")
REGION = closed({"startLine": LINE, "endLine": LINE, "startColumn": LINE, "endColumn": LINE})
RULE = closed(
    {
        "id": FULL, "name": TEXT, "shortDescription": MESSAGE, "properties": BAG,
        "defaultConfiguration": closed({"level": LEVEL}),
    },
    "id",
)  # fmt: skip
FIX = closed(
    {
        "description": MESSAGE,
        "artifactChanges": many(
            closed(
                {
                    "artifactLocation": ARTIFACT,
                    "replacements": many(
                        closed({"deletedRegion": REGION, "insertedContent": closed({"text": TEXT})}, "deletedRegion"),
                        minItems=1,
                    ),
                },
                "artifactLocation",
                "replacements",
            ),
            minItems=1,
            uniqueItems=True,
        ),
    },
    "artifactChanges",
)
RESULT = closed(
    {
        "ruleId": TEXT, "ruleIndex": INDEX, "level": LEVEL, "message": MESSAGE,
        "rank": {"type": "number", "minimum": -1, "maximum": 100},
        "locations": many(closed({"physicalLocation": closed({"artifactLocation": ARTIFACT, "region": REGION})})),
        "partialFingerprints": {"type": "object", "additionalProperties": TEXT},
        "baselineState": {"enum": ["new", "unchanged", "updated", "absent"]},
        "fixes": many(FIX, uniqueItems=True), "properties": BAG,
    },
    "message",
)  # fmt: skip
DRIVER = closed(
    {
        "name": FULL, "version": TEXT,
        "semanticVersion": {"type": "string", "pattern": r"^\d+\.\d+\.\d+([-+].*)?$"},
        "rules": many(RULE, uniqueItems=True),
    },
    "name",
)  # fmt: skip
RUN = closed(
    {
        "tool": closed({"driver": DRIVER}, "driver"), "results": many(RESULT),
        "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    },
    "tool",
)  # fmt: skip
SARIF: dict[str, Any] = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    **closed(
        {"$schema": {"type": "string", "format": "uri"}, "version": {"const": "2.1.0"}, "runs": many(RUN)},
        "version",
        "runs",
    ),
}
