"""Diff rules that look at several lines together: DR05, DR06, DR09-DR11."""

from collections.abc import Iterator

from asterism.base.linear import compiled
from asterism.features.review.analyzers.languages import code_of, indentation, language, without_strings
from asterism.features.review.findings import ReviewedFile, is_source

Hit = tuple[int | None, int | None, str]

_ASSERTION = compiled(
    r"\bassert\b|\bassert[A-Z_]\w*\s*[(!]|\bexpect\s*\(|\b(?:require|assert)\.\w+\(|\bt\.(?:Error|Fatal)f?\(|\bshould\b\.|pytest\.raises\("
)
_LOST = 3
_LEVELS = 6
_RUN = 5
_LOOP_REACH = 5
_LOOP = compiled(r"^\s*(?:async\s+)?(?:for|while|foreach)\b|\.(?:forEach|each)\s*\(|^\s*loop\s*\{")
_ONE_LINE = compiled(r"^\s*(?:async\s+)?(?:for|while|foreach)\b.*\bend\b")
_SLOW = compiled(
    r"\b(?:requests|httpx)\.(?:get|post|put|patch|delete|head|request)\(|\burllib\.request\.urlopen\(|(?:^|[^\w.$])(?P<seen>fetch\()"
    r"|\baxios(?:\.\w+)?\(|\bhttp\.(?:Get|Post|Head|PostForm)\(|\b(?:cursor|cur|conn|connection|db|session|tx|client|pool)\.(?:execute|query|Query|QueryRow|Exec|QueryContext|ExecContext|QueryRowContext|find_one|findOne|findUnique|findFirst|scalar)\("
    r"|\.objects\.(?:get|filter|create)\(|\.query\.(?:get|filter|filter_by)\(|^\s*(?:\w+=\$\()?curl\s"
)
_PYTHON_EXCEPT = compiled(r"^(\s*)except\b[^:]*:\s*(pass|\.\.\.)?\s*$")
_EMPTY_CATCH = compiled(r"\bcatch\s*(?:\([^)]*\))?\s*\{\s*\}")
_OPEN_CATCH = compiled(r"\bcatch\s*(?:\([^)]*\))?\s*\{\s*$")
_OPEN_ERR = compiled(r"^\s*if\s+(?:\w+\s*:?=\s*[^;]+;\s*)?err\s*!=\s*nil\s*\{\s*(\}\s*)?$")


def added_source_lines(file: ReviewedFile) -> int:
    """Count the added lines of a source file that are not blank."""
    if not is_source(file.path):
        return 0
    return sum(line.kind == "added" and bool(line.text.strip()) for line in file.diff.new_lines.values())


def lost_assertions(file: ReviewedFile) -> Iterator[Hit]:
    """DR05: a test file loses at least three more assertions than it gains; a deleted test file counts as a whole."""
    if not file.is_test or not is_source(file.path):
        return
    gained = sum(
        bool(_ASSERTION.search(code_of(line.text, file.path)))
        for line in file.diff.new_lines.values()
        if line.kind == "added"
    )
    lost = sum(bool(_ASSERTION.search(code_of(line.text, file.path))) for line in file.diff.deleted_lines)
    if lost - gained >= _LOST:
        yield None, None, f"{lost} assertions removed, {gained} added"


def deep_nesting(file: ReviewedFile) -> Iterator[Hit]:
    """DR09: at least five consecutive added lines, six or more levels deep, not counting lines of an open bracket."""
    if not is_source(file.path):
        return
    unit = _unit(file)
    run: list[int] = []
    depth = 0
    last = 0
    for number, line in file.diff.new_lines.items():
        if number != last + 1:
            depth = 0
        code = without_strings(code_of(line.text, file.path))
        continued = depth > 0
        depth = max(0, depth + sum(code.count(char) for char in "([") - sum(code.count(char) for char in ")]"))
        deep = line.kind == "added" and bool(code.strip()) and indentation(line.text, unit) >= _LEVELS
        consecutive = not run or number == run[-1] + 1
        if deep and consecutive and not continued:
            run.append(number)
        elif not (deep and continued and consecutive):
            yield from _deep(run)
            run = [number] if deep and not continued else []
        last = number
    yield from _deep(run)


def _deep(run: list[int]) -> Iterator[Hit]:
    if len(run) >= _RUN:
        yield run[0], run[-1], f"{len(run)} lines nested {_LEVELS} or more levels deep"


def _unit(file: ReviewedFile) -> int:
    """Return how many spaces one level has in this file: the smallest step seen, 2 to 8."""
    widths = set()
    for line in file.lines if file.lines is not None else [line.text for line in file.diff.new_lines.values()]:
        spaces = len(line) - len(line.lstrip(" "))
        if spaces and line.strip() and not line.lstrip().startswith("*"):
            widths.add(spaces)
    steps = [width for width in widths if width >= 2]
    smallest = min(steps, default=4)
    return 4 if language(file.path) == "python" and smallest not in {2, 3} else max(2, min(8, smallest))


def calls_in_loops(file: ReviewedFile) -> Iterator[Hit]:
    """DR10: an added query or HTTP call, deeper than a loop that opens at most five lines above."""
    if not is_source(file.path) or file.is_test:
        return
    for number, line in file.diff.new_lines.items():
        if line.kind != "added":
            continue
        code = code_of(line.text, file.path)
        hit = _SLOW.search(code)
        if hit is None or _opens_loop(code):
            continue
        if _inside_loop(file, number, _width(line.text)):
            yield number, number, f"call in a loop: {_SLOW.seen(hit).strip()}"


def _inside_loop(file: ReviewedFile, number: int, width: int) -> bool:
    for above in range(number - 1, max(0, number - 1 - _LOOP_REACH), -1):
        text = file.line(above)
        if text is None:
            return False
        if not text.strip() or _width(text) >= width:
            continue
        width = _width(text)
        if _opens_loop(code_of(text, file.path)):
            return True
    return False


def _opens_loop(code: str) -> bool:
    return _LOOP.search(code) is not None and _ONE_LINE.search(code) is None


def empty_handlers(file: ReviewedFile) -> Iterator[Hit]:
    """DR11: `except: pass`, `catch {}`, an empty `if err != nil {}`; on one line or two."""
    family = language(file.path)
    for number, line in file.diff.new_lines.items():
        if line.kind != "added":
            continue
        code = code_of(line.text, file.path)
        after = file.line(number + 1)
        after = None if after is None else after.strip()
        if family == "python" and (hit := _PYTHON_EXCEPT.match(code)):
            if hit[2] or (after in {"pass", "..."} and _deeper(file, number)):
                yield number, number if hit[2] else number + 1, "empty except block"
        elif family in {"javascript", "java", "csharp", "php", "c", "swift"}:
            if _EMPTY_CATCH.search(code) or (_OPEN_CATCH.search(code) and after is not None and after[:1] == "}"):
                yield number, number if _EMPTY_CATCH.search(code) else number + 1, "empty catch block"
        elif family == "go" and (hit := _OPEN_ERR.match(code)) and (hit[1] or after == "}"):
            yield number, number if hit[1] else number + 1, "empty error branch"


def _deeper(file: ReviewedFile, number: int) -> bool:
    here, after = file.line(number) or "", file.line(number + 1) or ""
    return _width(after) > _width(here)


def _width(line: str) -> int:
    return len(line.expandtabs(4)) - len(line.lstrip(" \t").expandtabs(4)) if line.strip() else 0
