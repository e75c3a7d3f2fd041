"""The rules of the analyzer `patterns`: what is matched, and what is said about it."""

from dataclasses import dataclass

from asterism.base.linear import Pattern, compiled
from asterism.features.review.analyzers.texts import Words

JS = frozenset({"javascript"})
GO = frozenset({"go"})
PY = frozenset({"python"})
_SQL = r"\b(?:SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM)\b"
_REQUEST = r"\b(?:req|request|ctx\.request|c\.req)\.(?:query|params|body|args|form|values|json)\b"


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern on one added line. `place` is lens, category and severity.

    `unless` must not match the same line; `before` must match the line above; of the next `reach` lines some must match
    `then`, and none `never`; `loop` wants the line inside a loop.
    """

    id: str
    languages: frozenset[str]
    place: str
    confidence: float
    pattern: Pattern
    words: Words
    unless: Pattern | None = None
    before: Pattern | None = None
    then: Pattern | None = None
    never: Pattern | None = None
    reach: int = 0
    loop: bool = False


def _rule(
    name: str, languages: frozenset[str], place: str, confidence: float, pattern: str, *words: str,
    unless: str | None = None, before: str | None = None, then: str | None = None, never: str | None = None,
    reach: int = 0, loop: bool = False,
) -> Rule:  # fmt: skip
    def maybe(text: str | None) -> Pattern | None:
        return None if text is None else compiled(text)

    return Rule(
        name, languages, place, confidence, compiled(pattern), Words(*words), maybe(unless), maybe(before),
        maybe(then), maybe(never), reach, loop,
    )  # fmt: skip


_SECURITY_HIGH = "security security high"
_CORRECT_HIGH = "correctness correctness high"
_CORRECT_MEDIUM = "correctness correctness medium"

RULES: tuple[Rule, ...] = (
    _rule(
        "eval", JS, _SECURITY_HIGH, 0.80, r"(?:^|[^\w.$])(?P<seen>eval\(|new Function\()",
        "Text run as a program", "The text is compiled and run.",
        "Whoever controls the text controls the page or process.", "Parse the value, or look it up in a table.",
    ),
    _rule(
        "html-sink", JS, _SECURITY_HIGH, 0.75,
        r"\.(?:inner|outer)HTML\s*\+?=(?:[^=]|$)|dangerouslySetInnerHTML|\bdocument\.write(?:ln)?\(|\.insertAdjacentHTML\(",
        "Markup inserted without escaping", "The value becomes part of the page as markup.",
        "A value with a script in it runs in every reader's session.",
        "Set textContent, or sanitise the markup first.",
        unless=r"HTML\s*=\s*(?:``|'[^'\"$]*'|\"[^'\"$]*\")\s*;?\s*$|anitize",
    ),
    _rule(
        "shell-text", JS, _SECURITY_HIGH, 0.80, r"\bexec(?:Sync)?\(\s*(?:`[^`]*\$\{|(?:'[^'\"]*'|\"[^'\"]*\")\s*\+)",
        "Command line built from parts", "A shell interprets the joined text.",
        "A value with shell characters adds commands of its own.", "Use execFile or spawn with an argument list.",
    ),
    _rule(
        "shell-text", GO, _SECURITY_HIGH, 0.80,
        r"exec\.Command(?:Context)?\([^\"]*\"(?:/bin/)?(?:ba)?sh\",\s*\"-c\",",
        "Command line built from parts", "A shell interprets the text.",
        "A value with shell characters adds commands of its own.",
        "Call the program itself with separate arguments.",
        unless=r"\"-c\",\s*\"[^\"]*\"\s*\)",
    ),
    _rule(
        "sql-text", JS, _SECURITY_HIGH, 0.80, rf"`[^`]*{_SQL}[^`]*\$\{{|['\"][^'\"]*{_SQL}.*['\"]\s*\+\s*\w",
        "SQL built by string concatenation", "Values are joined into the text of the query.",
        "A quote in such a value changes the statement.", "Pass the values as bound parameters.",
        unless=r"sql`|\bsql\.|Prisma\.sql",
    ),
    _rule(
        "sql-text", GO, _SECURITY_HIGH, 0.80,
        rf"Sprintf\(\s*[\"`][^\"`]*{_SQL}|[\"`][^\"`]*{_SQL}[^\"`]*[\"`]\s*\+\s*\w",
        "SQL built by string concatenation", "Values are joined into the text of the query.",
        "A quote in such a value changes the statement.", "Pass the values as bound parameters.",
    ),
    _rule(
        "foreach-async", JS, _CORRECT_MEDIUM, 0.85, r"\.forEach\(\s*async\b",
        "forEach does not wait for async work", "forEach drops the promises that the callback returns.",
        "The code behind it runs before the work is done, and failures are unhandled.",
        "Use for...of with await, or Promise.all over map.",
    ),
    _rule(
        "promise-async", JS, _CORRECT_MEDIUM, 0.85, r"new Promise(?:<[^>]*>)?\(\s*async\b",
        "Async function as promise executor", "What the executor throws is lost.",
        "The promise never settles when the body fails.", "Return the inner promise instead of wrapping it.",
    ),
    _rule(
        "effect-async", JS, _CORRECT_MEDIUM, 0.90, r"\buseEffect\(\s*async\b",
        "Async function as effect", "An effect must return a clean-up function or nothing, not a promise.",
        "The clean-up never runs, and late answers overwrite newer state.",
        "Define an async function inside the effect and call it.",
    ),
    _rule(
        "assign-in-condition", JS, _CORRECT_HIGH, 0.85, r"\bif\s*\(\s*!?[\w.$\[\]]+\s*=\s*[^=>)\s][^=)]*\)",
        "Assignment in a condition", "The condition assigns a value instead of comparing with it.",
        "The branch depends on the value alone and the variable is overwritten.", "Compare with ===.",
    ),
    _rule(
        "nan-comparison", JS, _CORRECT_HIGH, 0.95, r"[!=]==?\s*NaN\b|\bNaN\s*[!=]==?",
        "Comparison with NaN", "NaN is not equal to anything, itself included.",
        "The condition never changes.", "Use Number.isNaN.",
    ),
    _rule(
        "typeof-unknown", JS, _CORRECT_HIGH, 0.95,
        r"typeof\s+[\w.$\[\]()]+\s*[!=]==?\s*['\"]",
        "typeof compared with an unknown type", "typeof never yields this text.",
        "The condition never changes.", "Correct the spelling, or use Array.isArray or === null.",
        unless=r"[!=]==?\s*['\"](?:undefined|object|boolean|number|bigint|string|symbol|function)['\"]",
    ),
    _rule(
        "past-the-end", JS | GO, _CORRECT_HIGH, 0.85,
        r"\bfor\b[^;{]*;\s*\w+\s*<=\s*(?:[\w.$]+\.length\b|len\([\w.]+\))\s*;",
        "Loop runs past the end", "The last turn uses the index behind the last element.",
        "It reads undefined or panics.", "Stop before the length.",
    ),
    _rule(
        "past-the-end", PY, _CORRECT_HIGH, 0.80, r"\bfor\s+\w+\s+in\s+range\(\s*len\(\w+\)\s*\+\s*1\s*\)",
        "Loop runs past the end", "The last turn uses the index behind the last element.",
        "Indexing with it raises IndexError.", "Leave out the + 1.",
    ),
    _rule(
        "length-below-zero", JS, _CORRECT_MEDIUM, 0.90, r"\.length\s*(?:<|>=)\s*0(?:[^.\d]|$)",
        "Length compared with zero the wrong way", "A length is never negative.",
        "The condition never changes.", "Compare with > 0 or === 0.",
    ),
    _rule(
        "weak-random", JS | GO, "security security medium", 0.75,
        r"(?i)(?:token|secret|passw|session_?id|nonce|otp|salt|api_?key)\w*\s*(?::=|[:=]).*(?:Math\.random\(\)|\brand\.(?:Int|Intn|Int63|Read)\()",
        "Predictable random value as a secret", "The generator is made for games, not for secrets.",
        "A few outputs let anyone compute the next ones.", "Use the cryptographic generator of the platform.",
    ),
    _rule(
        "weak-hash", JS | GO, "security security medium", 0.70,
        r"createHash\(\s*['\"](?:md5|sha1)['\"]|\b(?:md5|sha1)\.(?:New|Sum)\(",
        "Weak hash", "Collisions of this hash can be made at will.",
        "Signatures, passwords or integrity checks built on it can be forged.",
        "Use SHA-256 or better, or a password hash for passwords.",
        unless=r"(?i)etag|checksum|cache_?key",
    ),
    _rule(
        "jwt-unverified", JS, _SECURITY_HIGH, 0.85,
        r"algorithms?\s*:\s*\[?\s*['\"]none['\"]|ignoreExpiration\s*:\s*true",
        "Token accepted without verification", "The check that gives the token its worth is switched off.",
        "Anyone can make or reuse tokens.", "Name the expected algorithm and keep the expiry check.",
    ),
    _rule(
        "path-from-request", JS | PY, _SECURITY_HIGH, 0.75,
        rf"(?:readFile(?:Sync)?|createReadStream|sendFile|send_file|\bopen|path\.join|os\.path\.join|unlink(?:Sync)?)\(.*{_REQUEST}",
        "Path taken from the request", "The caller chooses which file is used.",
        "A path with .. reaches files that were not meant to be served.",
        "Resolve the path and check that it lies below the intended folder.",
        unless=r"basename|secure_filename|safe_join",
    ),
    _rule(
        "url-from-request", JS | PY, _SECURITY_HIGH, 0.70,
        rf"(?:\bfetch|axios(?:\.\w+)?|requests\.(?:get|post|put|request)|httpx\.(?:get|post)|urlopen)\(\s*{_REQUEST}",
        "Address taken from the request", "The caller chooses where the server connects to.",
        "Internal services become reachable from outside.", "Allow known hosts only.",
    ),
    _rule(
        "open-redirect", JS | PY, "security security medium", 0.70, rf"\bredirect\(\s*{_REQUEST}",
        "Redirect to an address from the request", "The caller chooses where the reader is sent.",
        "A link to this site can lead to a forged one.", "Allow relative paths or known hosts only.",
    ),
    _rule(
        "template-text", PY, _SECURITY_HIGH, 0.80,
        r"render_template_string\(\s*(?:f['\"]|\w+\s*[+%]|.*\.format\(|request\.)",
        "Template built from input", "The text is run as a template.",
        "Whoever controls the text can read and call objects of the server.", "Render a fixed template with variables.",
    ),
    _rule(
        "error-dropped", GO, _CORRECT_MEDIUM, 0.80,
        r"(?:^\s*_|,\s*_)\s*:?=\s*(?:strconv\.(?:Ato|Parse)|json\.(?:M|Unm)arshal|os\.(?:Open|Create|ReadFile|WriteFile|Remove|Rename|Mkdir)|io\.(?:ReadAll|Copy)|http\.(?:Get|Post|NewRequest)|url\.Parse|time\.Parse|ioutil\.)",
        "Error thrown away", "The call says whether it worked, and nobody listens.",
        "What follows works on an empty or half-made value.", "Check the error, or return it.",
    ),
    _rule(
        "error-ignored", GO, _CORRECT_MEDIUM, 0.85,
        r"^\s*(?:json|yaml|xml)\.(?:Unmarshal|NewDecoder\([^)]*\)\.Decode)\(|^\s*os\.(?:Remove|Rename|WriteFile|MkdirAll|Mkdir|Chmod|Setenv)\(",
        "Error thrown away", "The call says whether it worked, and nobody listens.",
        "What follows works on an empty or half-made value.", "Check the error, or return it.",
    ),
    _rule(
        "error-inverted", GO, _CORRECT_HIGH, 0.90, r"\bif\s+(?:[^;{]*;\s*)?err\s*==\s*nil\s*\{\s*$",
        "Error check the wrong way round", "The branch returns the error when there is none.",
        "Failures go on as if nothing had happened.", "Check err != nil.",
        then=r"^\s*return\b.*\berr\b", reach=1,
    ),
    _rule(
        "defer-in-loop", GO, _CORRECT_MEDIUM, 0.85, r"^\s*defer\s",
        "defer inside a loop", "Deferred calls run when the function ends, not at the end of a turn.",
        "Files, locks or connections pile up until then.", "Move the turn into a function of its own.", loop=True,
    ),
    _rule(
        "body-not-closed", GO, _CORRECT_MEDIUM, 0.75, r"\b(\w+),\s*err\s*:?=\s*http\.(?:Get|Post|PostForm|Head)\(",
        "Response body is not closed", "Nothing closes the body of the answer.",
        "Each call leaks a connection.", "Add defer resp.Body.Close() behind the error check.",
        never=r"\.Body\.Close\(\)", reach=15,
    ),
    _rule(
        "sleep-without-unit", GO, _CORRECT_MEDIUM, 0.90, r"\btime\.Sleep\(\s*[1-9]\d*\s*\)",
        "Sleep without a unit", "A bare number is nanoseconds.",
        "The pause is practically none.", "Multiply by time.Second or time.Millisecond.",
    ),
    _rule(
        "add-inside-goroutine", GO, _CORRECT_HIGH, 0.90, r"^\s*\w*[wW][gG]\w*\.Add\(\s*1\s*\)",
        "WaitGroup.Add inside the goroutine", "Wait may be reached before the goroutine has counted itself.",
        "The program goes on, or ends, before the work is done.", "Call Add before the go statement.",
        before=r"\bgo\s+func\([^)]*\)\s*\{\s*$",
    ),
    _rule(
        "never-unlocked", GO, _CORRECT_HIGH, 0.75, r"^\s*[\w.]*[mM]u\w*\.R?Lock\(\)\s*$",
        "Lock is never released", "Nothing behind this line unlocks the mutex.",
        "The next caller waits for ever.", "Add a deferred Unlock behind the Lock.",
        never=r"\.R?Unlock\(\)", reach=30,
    ),
    _rule(
        "nil-map", GO, _CORRECT_HIGH, 0.85, r"^\s*var\s+(\w+)\s+map\[[^\]]+\]\S+\s*$",
        "Write to a nil map", "The map was declared but never made.",
        "The first assignment panics.", "Make the map, or use a literal.",
        then=r"^\s*\w+\[[^\]]+\]\s*=(?:[^=]|$)", never=r"make\(map", reach=8,
    ),
)  # fmt: skip
