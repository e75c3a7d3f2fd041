"""The answers of `/api` as a strict client sees them (Stargazer 11): closed enums, required fields, null where allowed.

`check(name, value)` validates one object. Fields beyond the documented ones are refused too, so that nothing slips into
an answer unnoticed; ours are listed as optional.
"""

from typing import Any

import jsonschema

STAMP = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"}
UUID = {"type": "string", "pattern": r"^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"}
TEXT = {"type": "string"}
FULL = {"type": "string", "minLength": 1}
COUNT = {"type": "integer", "minimum": 0}
LINE = {"type": "integer", "minimum": 1}
FLAG = {"type": "boolean"}
SHARE = {"type": "number", "minimum": 0, "maximum": 1, "multipleOf": 0.01}
SCORE = {"type": "integer", "minimum": 0, "maximum": 100}


def one_of(words: str) -> dict[str, Any]:
    return {"enum": words.split()}


def nullable(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


def many(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": schema}


def record(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **(optional or {})},
        "additionalProperties": False,
    }


LENS = one_of("correctness security performance simplicity tests")
AGENT = one_of("detective guardian optimizer simplifier tester")
PROFILE = one_of("quick strict perf security")
SEVERITY = one_of("blocker high medium low nit")
CATEGORY = one_of("correctness security performance api tests readability style")
MODE = one_of("staged unstaged files")
PROVIDER = one_of("gemini zai zai-coding openrouter")
ANY_PROVIDER = one_of("gemini zai zai-coding openrouter openai anthropic local")
OLD_SEVERITY = one_of("critical warning suggestion nitpick")
OLD_CATEGORY = one_of("security performance style logic documentation best-practice")
STATUS_CHARACTER = {"enum": [*"MTADRCU?!", " "]}


def with_providers(provider: dict[str, Any]) -> dict[str, Any]:
    """Return the config objects for a set of providers: the documented ones, or with our extensions."""
    active = record({"provider": provider}, {"model": TEXT})
    status = record({"provider": provider, "hasApiKey": FLAG, "isActive": FLAG}, {"model": TEXT})
    return {
        "ActiveConfig": active,
        "ProviderStatus": status,
        "ConfigCheck": {
            "oneOf": [
                record({"configured": {"const": True}, "config": active}),
                record({"configured": {"const": False}}),
            ]
        },
        "ProvidersStatus": record({"providers": many(status)}, {"activeProvider": provider}),
        "Init": record(
            {
                "config": nullable(active),
                "settings": SETTINGS,
                "providers": {**many(status), "minItems": 4},
                "configured": FLAG,
                "project": record({"path": FULL, "projectId": UUID, "trust": nullable(TRUST)}),
            }
        ),
    }


SETTINGS = record(
    {
        "theme": one_of("auto dark light terminal"),
        "defaultLenses": many(LENS),
        "defaultProfile": nullable(PROFILE),
        "severityThreshold": SEVERITY,
        "secretsStorage": nullable(one_of("file keyring")),
    }
)
TRUST = record(
    {
        "projectId": UUID,
        "repoRoot": FULL,
        "trustedAt": STAMP,
        "capabilities": record({"readFiles": FLAG, "runCommands": FLAG}),
        "trustMode": one_of("persistent session"),
    }
)
FILE_ENTRY = record(
    {"path": FULL, "indexStatus": STATUS_CHARACTER, "workTreeStatus": STATUS_CHARACTER},
    {"origPath": FULL, "submodule": record({"commitChanged": FLAG, "modified": FLAG, "untracked": FLAG})},
)
SESSION_METADATA = record(
    {"id": UUID, "projectPath": TEXT, "createdAt": STAMP, "updatedAt": STAMP, "messageCount": COUNT}, {"title": FULL}
)
MESSAGE = record({"id": UUID, "role": one_of("user assistant system"), "content": TEXT, "createdAt": STAMP})
SESSION = record({"metadata": SESSION_METADATA, "messages": many(MESSAGE)})
RANGE = record({"start": LINE, "end": LINE})
EVIDENCE = record(
    {"type": one_of("code doc trace external"), "title": TEXT, "sourceId": TEXT, "excerpt": TEXT},
    {"file": TEXT, "sha": TEXT, "range": RANGE},
)
TRACE = record(
    {"step": {"type": "integer"}, "tool": TEXT, "inputSummary": TEXT, "outputSummary": TEXT, "timestamp": STAMP},
    {"artifacts": many(TEXT)},
)
BLAME = record({"author": TEXT, "authorEmail": TEXT, "commit": TEXT, "commitDate": STAMP, "summary": TEXT})
CONTEXT = record({"beforeLines": many(TEXT), "afterLines": many(TEXT), "totalContext": COUNT})
ENRICHMENT = record({"blame": nullable(BLAME), "context": nullable(CONTEXT), "enrichedAt": STAMP})
FIX_STEP = record(
    {"step": {"type": "integer"}, "action": TEXT}, {"files": many(TEXT), "risk": one_of("low medium high")}
)
ISSUE = record(
    {
        "id": FULL,
        "severity": SEVERITY,
        "category": CATEGORY,
        "title": FULL,
        "file": TEXT,
        "line_start": nullable(LINE),
        "line_end": nullable(LINE),
        "rationale": TEXT,
        "recommendation": TEXT,
        "suggested_patch": nullable(TEXT),
        "confidence": SHARE,
        "symptom": TEXT,
        "whyItMatters": TEXT,
        "evidence": many(EVIDENCE),
    },
    {
        "fixPlan": many(FIX_STEP),
        "betterOptions": many(TEXT),
        "testsToAdd": many(TEXT),
        "trace": many(TRACE),
        "enrichment": ENRICHMENT,
        "lens": LENS,
        "source": TEXT,
        "ruleId": TEXT,
        "fingerprint": TEXT,
    },
)
TRIAGE_RESULT = record({"summary": FULL, "issues": many(ISSUE)})
TRIAGE_METADATA = record(
    {
        "id": UUID,
        "projectPath": FULL,
        "createdAt": STAMP,
        "mode": MODE,
        "staged": FLAG,
        "branch": nullable(TEXT),
        "profile": nullable(PROFILE),
        "lenses": many(LENS),
        "issueCount": COUNT,
        "blockerCount": COUNT,
        "highCount": COUNT,
        "mediumCount": COUNT,
        "lowCount": COUNT,
        "nitCount": COUNT,
        "fileCount": COUNT,
    },
    {"durationMs": COUNT},
)
DRILLDOWN = record(
    {
        "issueId": FULL,
        "issue": ISSUE,
        "detailedAnalysis": TEXT,
        "rootCause": TEXT,
        "impact": TEXT,
        "suggestedFix": TEXT,
        "patch": nullable(TEXT),
        "relatedIssues": many(TEXT),
        "references": many(TEXT),
    },
    {"trace": many(TRACE)},
)
COVERAGE = record(
    {
        "filesTotal": COUNT,
        "filesReviewed": COUNT,
        "skipped": many(record({"file": TEXT, "reason": FULL})),
        "lenses": many(
            record({"lensId": LENS, "status": FULL, "coverage": one_of("full partial none")}, {"error": TEXT})
        ),
        "analyzers": many(record({"id": FULL, "status": one_of("ok failed skipped")}, {"detail": TEXT})),
        "dropped": record(
            dict.fromkeys(
                ["malformed", "unsupported", "preExisting", "refuted", "duplicate", "belowThreshold", "overCap"], COUNT
            )
        ),
    },
    {"model": record({"provider": TEXT, "model": TEXT, "calls": COUNT, "inputTokens": COUNT, "outputTokens": COUNT})},
)
OLD_ISSUE = record(
    {
        "severity": OLD_SEVERITY,
        "category": OLD_CATEGORY,
        "file": nullable(TEXT),
        "line": nullable(LINE),
        "title": TEXT,
        "description": TEXT,
        "suggestion": nullable(TEXT),
    }
)
OLD_RESULT = record({"summary": TEXT, "issues": many(OLD_ISSUE), "overallScore": nullable(SCORE)})
OLD_METADATA = record(
    {
        "id": UUID,
        "projectPath": FULL,
        "createdAt": STAMP,
        "staged": FLAG,
        "branch": nullable(TEXT),
        "overallScore": nullable(SCORE),
        "issueCount": COUNT,
        "criticalCount": COUNT,
        "warningCount": COUNT,
    }
)
PR_ISSUE = record(
    {"severity": SEVERITY, "title": FULL, "file": TEXT, "message": TEXT, "line": COUNT},
    {"suggestion": TEXT, "id": TEXT, "category": CATEGORY, "patch": TEXT, "confidence": SHARE},
)
ANNOTATION = record(
    {
        "path": FULL,
        "title": TEXT,
        "message": TEXT,
        "start_line": LINE,
        "end_line": LINE,
        "annotation_level": one_of("notice warning failure"),
    }
)
INLINE_COMMENT = record(
    {"path": FULL, "body": FULL, "line": LINE, "side": {"const": "RIGHT"}},
    {"start_line": LINE, "start_side": {"const": "RIGHT"}},
)

SCHEMAS: dict[str, dict[str, Any]] = {
    **with_providers(PROVIDER),
    **{f"{name}+": schema for name, schema in with_providers(ANY_PROVIDER).items()},
    "Health": record({"status": {"const": "ok"}, "timestamp": STAMP}),
    "Settings": SETTINGS,
    "TrustAnswer": record({"trust": TRUST}),
    "TrustList": record({"projects": many(TRUST)}),
    "GitStatus": record(
        {
            "isGitRepo": FLAG,
            "branch": nullable(FULL),
            "remoteBranch": nullable(FULL),
            "ahead": COUNT,
            "behind": COUNT,
            "files": record({name: many(FILE_ENTRY) for name in ("staged", "unstaged", "untracked")}),
            "hasChanges": FLAG,
            "conflicted": many(FULL),
        }
    ),
    "GitDiff": record({"diff": TEXT, "mode": MODE, "staged": FLAG}),
    "SessionAnswer": record({"session": SESSION}),
    "MessageAnswer": record({"message": MESSAGE}),
    "SessionsList": record({"sessions": many(SESSION_METADATA), "warnings": many(TEXT)}),
    "ChatEvent": {
        "oneOf": [
            record({"type": {"const": "chunk"}, "content": FULL}),
            record({"type": {"const": "complete"}, "content": TEXT, "truncated": FLAG}),
            record(
                {
                    "type": {"const": "error"},
                    "error": record(
                        {
                            "message": FULL,
                            "code": one_of(
                                "INTERNAL_ERROR API_KEY_MISSING RATE_LIMITED SESSION_NOT_FOUND AI_ERROR STREAM_ERROR"
                            ),
                        }
                    ),
                }
            ),
        ]
    },
    "TriageIssue": ISSUE,
    "TriageResult": TRIAGE_RESULT,
    "TriageReviews": record({"reviews": many(TRIAGE_METADATA), "warnings": many(TEXT)}),
    "TriageReview": record(
        {
            "review": record(
                {
                    "metadata": TRIAGE_METADATA,
                    "result": TRIAGE_RESULT,
                    "gitContext": record(
                        {
                            "branch": nullable(TEXT),
                            "commit": nullable(TEXT),
                            "fileCount": COUNT,
                            "additions": COUNT,
                            "deletions": COUNT,
                        }
                    ),
                    "drilldowns": many(DRILLDOWN),
                },
                {"coverage": COVERAGE},
            )
        }
    ),
    "DrilldownAnswer": record({"drilldown": DRILLDOWN}),
    "ReviewStatus": record(
        {"sessionActive": FLAG, "reviewSaved": FLAG, "isComplete": FLAG},
        {"startedAt": STAMP, "state": one_of("running completed failed cancelled")},
    ),
    "ReviewResult": OLD_RESULT,
    "ReviewHistory": many(OLD_METADATA),
    "SavedReview": record(
        {
            "review": record(
                {
                    "metadata": OLD_METADATA,
                    "result": OLD_RESULT,
                    "gitContext": record({"branch": nullable(TEXT), "fileCount": COUNT}),
                }
            )
        }
    ),
    "PrReview": record(
        {
            "summary": TEXT,
            "issues": many(PR_ISSUE),
            "annotations": many(ANNOTATION),
            "inlineComments": many(INLINE_COMMENT),
        }
    ),
    "Error": record({"error": record({"message": FULL}, {"code": {"type": "string", "pattern": "^[A-Z_]+$"}})}),
}
VALIDATORS = {name: jsonschema.Draft202012Validator(schema) for name, schema in SCHEMAS.items()}


def check(name: str, value: Any) -> Any:
    """Return `value` if a strict client would take it; fail the test naming every problem otherwise."""
    problems = [f"{error.json_path}: {error.message}" for error in VALIDATORS[name].iter_errors(value)]
    assert not problems, f"not a {name}: {problems}"
    return value
