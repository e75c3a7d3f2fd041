"""Diff rules that look at single added lines: DR01-DR04, DR07, DR08."""

from collections.abc import Iterator

from asterism.base.linear import Hit as Match
from asterism.base.linear import Pattern, compiled
from asterism.features.review.analyzers.languages import code_of, language
from asterism.features.review.findings import ReviewedFile

Hit = tuple[int, int, str]

_HIDDEN = compiled("[\u202a-\u202e\u2066-\u2069\u200b\u2060\ufeff\u061c\u180e]|[\u200c\u200d]|[\U000e0000-\U000e007f]+")
_QUOTES = "\"'`"
_FLAG = "\U0001f3f4"
_DEBUGGERS: dict[str, Pattern] = {
    "python": compiled(r"(?:^|[^\w.])(?P<seen>breakpoint\(|(?:i?pdb|pudb)\.set_trace\(|import\s+(?:ipdb|pdb|pudb)\b)"),
    "javascript": compiled(r"(?:^|[^\w.$])(?P<seen>debugger\s*(?:;|$|\}))"),
    "ruby": compiled(r"(?:^|[^\w.])(?P<seen>binding\.(?:pry|irb)|byebug)\b"),
    "php": compiled(r"(?:^|[^\w.>:])(?P<seen>(?:var_dump|dd|xdebug_break)\s*\()"),
    "go": compiled(r"(?P<seen>\bruntime\.Breakpoint\(\))"),
    "rust": compiled(r"(?P<seen>\bdbg!\s*\()"),
    "csharp": compiled(r"(?P<seen>\bDebugger\.(?:Break|Launch)\(\))"),
}
_FOCUSED = compiled(
    r"(?:^|[^\w$.])(?P<seen>(?:describe|it|test|context|suite)(?:\.each)?\.(?:only|skip|todo)\s*[(`.]"
    r"|(?:fdescribe|fit|xdescribe|xit|xtest)\s*\()"
    r"|@pytest\.mark\.(?:skip|skipif|xfail)\b|\bpytest\.skip\(|@(?:unittest\.)?skip(?:If|Unless)?\(|\bself\.skipTest\("
    r"|\b[tb]\.Skip(?:f|Now)?\(|@(?:Disabled|Ignore)\b|#\[ignore|\.only\("
)
_SUPPRESSIONS = compiled(
    r"#\s*noqa\b|#\s*nosec\b|#\s*type:\s*ignore\b|#\s*pyright:\s*ignore|#\s*pylint:\s*disable|#\s*shellcheck\s+disable="
    r"|eslint-disable|@ts-(?:ignore|nocheck|expect-error)|//\s*nolint\b|#\[allow\(|@SuppressWarnings|NOLINT\b|rubocop:disable"
)
_TLS = compiled(
    r"\bverify\s*=\s*False\b|\bverify_ssl\s*=\s*False\b|rejectUnauthorized['\"]?\s*:\s*false\b|InsecureSkipVerify\s*[:=]+\s*true\b"
    r"|_create_unverified_context\b|\bcheck_hostname\s*=\s*False\b|\bCERT_NONE\b|NODE_TLS_REJECT_UNAUTHORIZED['\"]?\]?\s*[:=]\s*['\"]?0"
    r"|CURLOPT_SSL_VERIFYPEER\s*(?:,|=>)\s*(?:0|false)|danger_accept_invalid_certs\(true\)|VERIFY_NONE\b"
    r"|http\.sslVerify[ =]+['\"]?false|GIT_SSL_NO_VERIFY=(?:1|true)|--no-check-certificate\b"
    r"|\bcurl\b[^|;#]*\s(?:-[a-zA-Z]*k[a-zA-Z]*|--insecure)(?:\s|$)"
)


def _added(file: ReviewedFile) -> Iterator[tuple[int, str]]:
    for number, line in file.diff.new_lines.items():
        if line.kind == "added":
            yield number, line.text


def conflict_markers(file: ReviewedFile) -> Iterator[Hit]:
    """DR01: the three markers of a conflict, in order, all added."""
    begin = middle = 0
    for number, raw in _added(file):
        text = raw.rstrip("\r")
        if text.startswith("<<<<<<< ") or text == "<<<<<<<":
            begin, middle = number, 0
        elif begin and text == "=======":
            middle = number
        elif middle and (text.startswith(">>>>>>> ") or text == ">>>>>>>"):
            yield begin, number, "conflict markers <<<<<<< ======= >>>>>>>"
            begin = middle = 0


def hidden_characters(file: ReviewedFile) -> Iterator[Hit]:
    """DR02: bidirectional, zero-width and tag characters, but not those that emoji and scripts need."""
    for number, text in _added(file):
        for hit in _HIDDEN.finditer(text):
            if not _legitimate(text, hit, number):
                yield number, number, "hidden character " + ", ".join(f"U+{ord(char):04X}" for char in hit[0][:4])
                break


def _legitimate(text: str, hit: Match, number: int) -> bool:
    before, after = text[max(0, hit.start() - 1) : hit.start()], text[hit.end() : hit.end() + 1]
    char = hit[0][0]
    if char in "\u200c\u200d":
        return bool(before) and bool(after) and ord(before) > 0x2FF and ord(after) > 0x2FF
    if char == "\ufeff":
        return number == 1 and hit.start() == 0
    return char >= "\U000e0000" and before == _FLAG


def debugger_statements(file: ReviewedFile) -> Iterator[Hit]:
    """DR03: a statement that calls a debugger."""
    pattern = _DEBUGGERS.get(language(file.path))
    if pattern is None:
        return
    for number, text in _added(file):
        if hit := pattern.search(code_of(text, file.path)):
            yield number, number, f"debugger statement {pattern.seen(hit).strip()}"


def focused_tests(file: ReviewedFile) -> Iterator[Hit]:
    """DR04: a mark in a test file that keeps tests from running."""
    if not file.is_test or not language(file.path):
        return
    for number, text in _added(file):
        if hit := _FOCUSED.search(code_of(text, file.path)):
            yield number, number, f"test mark {_FOCUSED.seen(hit).strip('( `')}"


def suppressions(file: ReviewedFile) -> Iterator[Hit]:
    """DR07: a suppression that the deleted lines of the same file did not have already."""
    if not language(file.path):
        return
    known: dict[str, int] = {}
    for line in file.diff.deleted_lines:
        for hit in _SUPPRESSIONS.finditer(line.text):
            known[hit[0]] = known.get(hit[0], 0) + 1
    for number, text in _added(file):
        quotes = dict.fromkeys(_QUOTES, 0)
        at = 0
        for hit in _SUPPRESSIONS.finditer(text):
            for mark in _QUOTES:
                quotes[mark] += text.count(mark, at, hit.start())
            at = hit.start()
            inside_string = any(amount % 2 for amount in quotes.values())
            if known.get(hit[0], 0) > 0:
                known[hit[0]] -= 1
            elif not inside_string:
                yield number, number, f"suppression {hit[0].strip()}"
                break


def unchecked_tls(file: ReviewedFile) -> Iterator[Hit]:
    """DR08: a setting that makes a connection accept any certificate."""
    if file.path.endswith((".md", ".rst", ".txt")):
        return
    for number, text in _added(file):
        if hit := _TLS.search(code_of(text, file.path)):
            yield number, number, f"certificate checks off: {hit[0].strip()}"
