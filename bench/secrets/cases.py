"""Secrets in their natural habitats, and what only looks like one: read from `true.txt` and `false.txt`.

A line is `path | text`. In the text ␊ and ␍ stand for the ends of lines, ␠ for a blank at the end, and `‹name›` for a
secret that is made up when the case is read, so that none stands in the repository. `‹u:name›` is the password of an
address, and `«name»` is made up in the same way but is no secret.
"""

import base64
import random
import re
import string
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
ALNUM = string.ascii_letters + string.digits
_MARK = re.compile("[‹«](u:)?([a-z0-9]+)([›»])")
_PEM = "RSA PRIVATE " + "KEY-----"
_EC = "EC PRIVATE " + "KEY-----"


@dataclass(frozen=True)
class Case:
    """A piece of a file; `secrets` are kind, text and offset of each secret in it, in order."""

    path: str
    text: str
    secrets: tuple[tuple[str, str, int], ...] = ()


def load(name: str, draw: int = 0) -> list[Case]:
    """Read the cases of `true` or `false`; `draw` chooses which secrets are made up."""
    lines = (FOLDER / f"{name}.txt").read_text().splitlines()
    return [_case(line, draw) for line in lines if line.strip()]


def _case(line: str, draw: int) -> Case:
    path, _, text = line.partition(" | ")
    chance = random.Random(f"{draw} {line}")
    secrets: list[tuple[str, str, int]] = []
    plain = text.replace("␊", "\n").replace("␍", "\r").replace("␠", " ")
    out, at = "", 0
    for hit in _MARK.finditer(plain):
        out += plain[at : hit.start()]
        value = MAKERS[hit[2]](chance)
        kind = "connection-url" if hit[1] else KINDS.get(hit[2], "private-key" if "pem" in hit[2] else "assignment")
        if hit[3] == "›":
            secrets.append((kind, value, len(out)))
        out, at = out + value, hit.end()
    return Case(path, out + plain[at:], tuple(secrets))


def _word(alphabet: str, low: int, high: int) -> Callable[[random.Random], str]:
    """Draw a word with at least one letter and one digit where the alphabet has both."""

    def made(chance: random.Random) -> str:
        while True:
            word = "".join(chance.choices(alphabet, k=chance.randint(low, high)))
            if any(char.isalpha() for char in word) and any(char.isdigit() for char in word):
                return word

    return made


def _after(prefix: str, make: Callable[[random.Random], str]) -> Callable[[random.Random], str]:
    return lambda chance: prefix + make(chance)


def _password(chance: random.Random) -> str:
    """Make up a password as people do: words with other letters for their own, a year, marks."""
    words = ["Summer", "Dragon", "Kaffee", "Monkey", "Winter", "Berlin", "Falcon", "Purple", "Orange", "Rocket"]
    swaps = {"a": "@", "e": "3", "i": "1", "o": "0", "s": "$", "l": "1"}
    word = "".join(
        swaps.get(char, char) if chance.random() < 0.7 else char for char in "".join(chance.sample(words, 2))
    )
    return word + chance.choice("!#%+") + str(chance.randint(10, 99)) + chance.choice("!?*")


def _odd(chance: random.Random) -> str:
    return "".join(chance.choices(ALNUM, k=6)) + chance.choice("!$&*()[]~^=+,;%") + "".join(chance.choices(ALNUM, k=6))


def _asterism(chance: random.Random) -> str:
    digits = string.digits + string.ascii_uppercase + string.ascii_lowercase
    body = "ast_u_" + "".join(chance.choices(digits, k=40))
    check, out = zlib.crc32(body.encode()), ""
    for _ in range(6):
        check, digit = divmod(check, 62)
        out = digits[digit] + out
    return body + out


def _jwt(chance: random.Random) -> str:
    head = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').decode().rstrip("=")
    body = base64.urlsafe_b64encode(b'{"sub":"%d"}' % chance.randint(10**9, 10**10)).decode().rstrip("=")
    return f"{head}.{body}.{''.join(chance.choices(ALNUM + '-_', k=43))}"


def _body(chance: random.Random, lines: int = 3) -> list[str]:
    return ["MII" + "".join(chance.choices(ALNUM + "+/", k=61)) for _ in range(lines)]


def _pem(head: str, joint: str, foot: str) -> Callable[[random.Random], str]:
    return lambda chance: head + joint + joint.join(_body(chance)) + joint + foot


_ENCRYPTED = f"{_PEM}\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0123456789ABCDEF0123456789ABCDEF\n"
MAKERS: dict[str, Callable[[random.Random], str]] = {
    "v": _word(ALNUM, 20, 40),
    "hex": _word("0123456789abcdef", 40, 64),
    "b64": lambda chance: base64.b64encode(chance.randbytes(30)).decode(),
    "low": _word(string.ascii_lowercase + string.digits, 24, 40),
    "pw": _password,
    "odd": _odd,
    "pct": lambda chance: f"a%40{''.join(chance.choices(ALNUM, k=6))}%2Fc",
    "at": lambda chance: f"{''.join(chance.choices(ALNUM, k=5))}@{''.join(chance.choices(ALNUM, k=5))}",
    "slash": lambda chance: f"{''.join(chance.choices(ALNUM, k=8))}/#{''.join(chance.choices(ALNUM, k=8))}",
    "uuid": lambda chance: "-".join(f"{chance.getrandbits(4 * size):0{size}x}" for size in (8, 4, 4, 4, 12)),
    "aws": _after("AKIA", _word(string.ascii_uppercase + "234567", 16, 16)),
    "github": _after("ghp_", _word(ALNUM, 36, 36)),
    "anthropic": _after("sk-ant-api03-", _word(ALNUM + "-_", 40, 40)),
    "openai": _after("sk-proj-", _word(ALNUM, 40, 48)),
    "google": _after("AIza", _word(ALNUM + "-_", 35, 35)),
    "gitlab": _after("glpat-", _word(ALNUM, 20, 20)),
    "slack": _after("xoxb-", _word(string.digits + "abc", 40, 40)),
    "stripe": _after("sk_live_", _word(ALNUM, 24, 24)),
    "npm": _after("npm_", _word(ALNUM, 36, 36)),
    "pypi": _after("pypi-AgEI", _word(ALNUM + "-_", 60, 90)),
    "sendgrid": lambda chance: f"SG.{_word(ALNUM, 22, 22)(chance)}.{_word(ALNUM, 43, 43)(chance)}",
    "azure": lambda chance: base64.b64encode(chance.randbytes(64)).decode(),
    "asterism": _asterism,
    "jwt": _jwt,
    "pem": _pem(_PEM, "\n", "-----END " + _PEM),
    "pemenc": _pem(_ENCRYPTED, "\n", "-----END " + _PEM),
    "pemline": lambda chance: _pem(_EC, r"\n", "-----END " + _EC)(chance) + '"',
    "pemyaml": _pem(_EC, "\n  ", "-----END " + _EC),
    "pemconcat": _pem(_EC + r'\n" +', '\n  "', "-----END " + _EC + '";'),
}
KINDS = {
    "aws": "aws-access-key", "github": "github-token", "anthropic": "anthropic-key", "openai": "openai-key",
    "google": "google-api-key", "gitlab": "gitlab-token", "slack": "slack-token", "stripe": "stripe-key",
    "npm": "npm-token", "pypi": "pypi-token", "sendgrid": "sendgrid-key", "azure": "azure-storage-key",
    "asterism": "asterism-token", "jwt": "jwt",
}  # fmt: skip
