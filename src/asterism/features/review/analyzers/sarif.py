"""SARIF 2.1.0 as input: any tool's results, placed by level, tags and security severity (Stargazer 5.9.3)."""

import asyncio
import os
import posixpath
import stat
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

from asterism.base.linear import compiled
from asterism.features.review.analyzers import rule_map, sarif_fixes
from asterism.features.review.analyzers.models import AnalyzerFailed, Finding, Job, PartlyFailed
from asterism.features.review.findings import DEFAULT_CATEGORY, Category, Lens, ReviewedFile, Severity, one_line
from asterism.kernel import git

FOLDER = ".stargazer/sarif"
FILE_BYTES = 10 << 20
MOST_RESULTS = 25_000
_LEVELS = {"error": Severity.HIGH, "warning": Severity.MEDIUM, "note": Severity.LOW, "none": Severity.NIT}
_PRECISION = {"very-high": 0.95, "high": 0.85, "medium": 0.70, "low": 0.50}
_NAMED = 5
_SENTENCE_END = compiled(r"[.!?]\s")
_SCORES = ((9.0, Severity.BLOCKER), (7.0, Severity.HIGH), (4.0, Severity.MEDIUM), (0.0, Severity.LOW))
_WORDS = (
    (("security", "cwe", "owasp"), Lens.SECURITY),
    (("performance",), Lens.PERFORMANCE),
    (("test",), Lens.TESTS),
    (("maintainability", "complexity", "style", "readability"), Lens.SIMPLICITY),
)
Json = Mapping[str, Any]
Fresh = Callable[[ReviewedFile], bool]
"""Whether the report is at least as new as the reviewed file."""


class SarifFiles:
    """The analyzer `sarif`: reports that other tools left in the project's own folder."""

    id = "sarif"

    def skipped(self, job: Job) -> str | None:
        """Run where there is a project with such a folder."""
        return None if job.root is not None and _reports(job.root) else ""

    async def run(self, job: Job) -> list[Finding]:
        """Read every report. Raises PartlyFailed naming those that cannot be read, AnalyzerFailed when none can."""
        root = job.root
        if root is None:
            return []
        out: list[Finding] = []
        broken: list[str] = []
        reports = _reports(root)
        for path in reports:
            try:
                out += await asyncio.to_thread(read_report, path, root, job)
            except AnalyzerFailed as failure:
                broken.append(str(failure))
        if broken and len(broken) == len(reports):
            raise AnalyzerFailed(broken[0] if len(broken) == 1 else f"no report can be read; {broken[0]}")
        if broken:
            more = f" and {len(broken) - _NAMED} more" if len(broken) > _NAMED else ""
            raise PartlyFailed(out, f"left out: {', '.join(broken[:_NAMED])}{more}")
        return out


def _reports(root: Path) -> list[Path]:
    folder = root / FOLDER
    if folder.is_symlink() or not folder.is_dir():
        return []
    return sorted(path for path in folder.glob("*.sarif") if path.is_file() and not path.is_symlink())


def read_report(path: Path, root: Path, job: Job) -> list[Finding]:
    """Read one report file."""
    name = one_line(git.printable(path.name), 100)
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            facts = os.fstat(file.fileno())
            if not stat.S_ISREG(facts.st_mode):
                raise AnalyzerFailed(f"{name} is no regular file")
            if facts.st_size > FILE_BYTES:
                raise AnalyzerFailed(f"{name} is larger than {FILE_BYTES >> 20} MiB")
            data = file.read(FILE_BYTES + 1)
    except OSError as error:
        raise AnalyzerFailed(f"{name} cannot be read") from error

    def fresh(file: ReviewedFile) -> bool:
        try:
            return facts.st_mtime >= (root / file.path).stat().st_mtime
        except (OSError, ValueError):
            return False

    return parse(data, name, root=root, files=job.by_path, fresh=fresh)


def parse(
    data: bytes,
    name: str,
    *,
    root: Path,
    files: Mapping[str, ReviewedFile],
    fresh: Fresh,
    default_lens: Lens = Lens.CORRECTNESS,
) -> list[Finding]:
    """Read a SARIF document into findings on `files`. Raises AnalyzerFailed when it is none."""
    try:
        document = msgspec.json.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise AnalyzerFailed(f"{name} is not JSON") from error
    runs = document.get("runs") if isinstance(document, dict) else None
    if not isinstance(runs, list):
        raise AnalyzerFailed(f"{name} is not SARIF")
    out: list[Finding] = []
    seen = 0
    for run in runs:
        for result in _list(_get(run, "results")):
            seen += 1
            if seen > MOST_RESULTS:
                return out
            if isinstance(result, dict):
                out += _Reader(run, root, files, fresh, default_lens).read(result)
    return out


class _Reader:
    """Reads the results of one run."""

    def __init__(
        self, run: Any, root: Path, files: Mapping[str, ReviewedFile], fresh: Fresh, default_lens: Lens
    ) -> None:
        driver = _get(run, "tool", "driver")
        self.run = run
        self.tool = str(_get(driver, "name") or "unknown")[:80]
        self.rules = [rule for rule in _list(_get(driver, "rules")) if isinstance(rule, dict)]
        self.root, self.files, self.fresh, self.default_lens = root, files, fresh, default_lens

    def read(self, result: Json) -> list[Finding]:
        if not _counts(result):
            return []
        place = self._place(result)
        if place is None:
            return []
        file, start, end, snippet = place
        rule_id = str(result.get("ruleId") or _get(result, "rule", "id") or _get(self._rule(result), "id") or "result")
        stale = self._stale(file, start, snippet)
        if self.tool.lower() == "bandit" and rule_id == "B101" and file.is_test:
            return []
        return [self._finding(result, file, start, end, rule_id[:200], "unsupported" if stale else None)]

    def _rule(self, result: Json) -> Json:
        index = result.get("ruleIndex")
        if isinstance(index, int) and 0 <= index < len(self.rules):
            return self.rules[index]
        name = result.get("ruleId")
        return next((rule for rule in self.rules if rule.get("id") == name), {})

    def _place(self, result: Json) -> tuple[ReviewedFile, int | None, int | None, str | None] | None:
        location = next(iter(_list(result.get("locations"))), None)
        physical = _get(location, "physicalLocation")
        path = self._path(_get(physical, "artifactLocation"))
        file = self.files.get(path) if path is not None else None
        if file is None:
            return None
        region = _get(physical, "region")
        start, end = _get(region, "startLine"), _get(region, "endLine")
        snippet = _get(region, "snippet", "text")
        if not isinstance(start, int) or start < 1:
            return file, None, None, None
        last = end if isinstance(end, int) and end >= start else start
        return file, start, last, snippet if isinstance(snippet, str) else None

    def _path(self, artifact: Any) -> str | None:
        """Resolve an artifact's address to a path below the root; None when it lies outside."""
        uri = _get(artifact, "uri")
        if not isinstance(uri, str):
            return None
        base = _get(self.run, "originalUriBaseIds", str(_get(artifact, "uriBaseId") or ""), "uri")
        path = unquote(urlsplit(uri).path)
        if not path.startswith("/") and isinstance(base, str) and base.startswith("file:"):
            path = posixpath.join(unquote(urlsplit(base).path), path)
        if path.startswith("/"):
            prefix = self.root.as_posix().rstrip("/") + "/"
            if not path.startswith(prefix):
                return None
            path = path[len(prefix) :]
        clean = posixpath.normpath(path)
        return None if clean.startswith("../") or clean == ".." else clean

    def _stale(self, file: ReviewedFile, start: int | None, snippet: str | None) -> bool:
        if snippet is not None and start is not None:
            lines = snippet.rstrip("\n").split("\n")
            shown = file.between(start, start + len(lines) - 1)
            return len(shown) != len(lines) or any(
                part.strip() not in whole for part, whole in zip(lines, shown, strict=True)
            )
        return not self.fresh(file)

    def _finding(
        self, result: Json, file: ReviewedFile, start: int | None, end: int | None, rule_id: str, dropped: str | None
    ) -> Finding:
        rule = self._rule(result)
        place = self._weigh(result, rule, rule_id, file)
        message = _message(result, rule) or rule_id
        title = one_line(_first_sentence(message), 200) or rule_id
        advice = _text(rule.get("help")) or _text(rule.get("fullDescription")) or f"Follow the advice of {self.tool}."
        return Finding(
            source=f"sarif:{self.tool}", rule_id=rule_id, file=file.path, start=start, end=end, lens=place.lens,
            category=place.category, severity=place.severity, confidence=place.confidence, title=title,
            message=message[:8000], rationale=f"{self.tool} reports this for the reviewed version of the file.",
            why="The rule marks code that its authors have seen cause trouble.", recommendation=advice[:8000],
            patch=sarif_fixes.patch(result, file), dropped=dropped,
        )  # fmt: skip

    def _weigh(self, result: Json, rule: Json, rule_id: str, file: ReviewedFile) -> rule_map.Place:
        tool = self.tool.lower()
        level = result.get("level") or _get(rule, "defaultConfiguration", "level") or "warning"
        if tool == "ruff":
            return rule_map.ruff(rule_id, in_test=file.is_test)
        if tool == "bandit":
            weight = {"error": "HIGH", "warning": "MEDIUM"}.get(str(level), "LOW")
            place = rule_map.bandit(rule_id, weight, "MEDIUM", in_test=file.is_test)
            if place is not None:
                return place
        severity, lens = _LEVELS.get(str(level), Severity.MEDIUM), self._lens(rule, rule_id)
        score = _score(_get(result, "properties", "security-severity") or _get(rule, "properties", "security-severity"))
        if score is not None and score > 0:
            severity, lens = next(named for bound, named in _SCORES if score >= bound and score > 0), Lens.SECURITY
        return rule_map.Place(lens, Category(DEFAULT_CATEGORY[lens]), severity, _confidence(result, rule))

    def _lens(self, rule: Json, rule_id: str) -> Lens:
        tags = [str(tag).lower() for tag in _list(_get(rule, "properties", "tags"))] + [rule_id.lower()]
        for words, lens in _WORDS:
            if any(word in tag for word in words for tag in tags):
                return lens
        return self.default_lens


def _counts(result: Json) -> bool:
    """Whether a result is a live failure: not suppressed, not an old one, not a pass."""
    suppressed = [entry for entry in _list(result.get("suppressions")) if _get(entry, "status") != "rejected"]
    return (
        not suppressed
        and result.get("baselineState") not in {"unchanged", "absent"}
        and result.get("kind", "fail") == "fail"
    )


def _confidence(result: Json, rule: Json) -> float:
    rank = result.get("rank")
    if isinstance(rank, int | float) and 0 <= rank <= 100:
        return round(rank / 100, 2)
    return _PRECISION.get(str(_get(rule, "properties", "precision")), 0.70)


def _score(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if 0 <= number <= 10 else None


def _message(result: Json, rule: Json) -> str:
    message = result.get("message")
    text = _text(message)
    if not text:
        strings = _get(rule, "messageStrings", str(_get(message, "id") or "default"))
        text = _text(strings)
    arguments: Sequence[Any] = _list(_get(message, "arguments"))
    for index, argument in enumerate(arguments):
        text = text.replace("{%d}" % index, str(argument))  # noqa: UP031 - braces read badly in an f-string
    return text or _text(rule.get("shortDescription"))


def _first_sentence(text: str) -> str:
    end = _SENTENCE_END.search(text)
    return (text if end is None else text[: end.start()]).rstrip(".")


def _text(value: Any) -> str:
    text = _get(value, "text")
    return text if isinstance(text, str) else ""


def _get(value: Any, *keys: str) -> Any:
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
