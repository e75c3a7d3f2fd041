"""Whether a literal was drawn at random or written by a person, and whether it stands for something else. Pure."""

import math
from functools import lru_cache
from itertools import pairwise

from asterism.base.linear import compiled
from asterism.features.review.findings.detector.letter_pairs import COSTS
from asterism.features.review.findings.detector.words import words_of

SHORTEST = 12
LONGEST = 1024
_JUDGED = 200
"""How much of a value is looked at; a longer one is no more or less random behind that."""
_ENTROPY_BITS = 3.5
_SURPRISE_BITS = 5.8
_PASSWORD_BITS = 5.3
_MIXED_BITS = 4.8
_CLEAR_BITS = 6.6
_FEW_CHARACTERS_BITS = 3.2
_HEX_ENTROPY_BITS = 2.8
_MARKS = frozenset("!@#$%^&*+=?~|")
_SEQUENCE_SHARE = 0.4
_DIGIT_BITS = math.log2(10)
_LETTERS = {char: index for index, char in enumerate("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")}
_DIGIT, _MARK = 52, 53

_PLACEHOLDER = compiled(
    r"(?i)example|change[-_]?(?:me|it|this)|place[-_]?holder|dummy|\byour[_ -]?|[_-]your[_-]|redacted|xxxx|\*\*\*"
    r"|\.\.\.|<[^>]*>|\$\{|\{\{|%\(|\$\(|fake|sample|mock|replace[-_]?(?:me|this|with)|\binsert[-_]"
    r"|not[-_]?(?:a[-_]?)?(?:real|secret|valid)"
    r"|foobar|deadbeef|abc123|(?:^|[^a-z])(?:test|todo|fixme|lorem|ipsum|demo|tbd)(?:[^a-z]|$)|my[-_]?(?:secret|password|token|api)"
    r"|super[-_]?secret|qwerty|password123|passw0rd123|letmein"
)
# Values that vendors print in their own documentation.
_DOCUMENTED = (
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq",
    "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
    "4eC39HqLyjWDarjtT1zdp7dc",
    # the examples of RFC 5849, 6749, 6750 and 7519
    "2YotnFZFEjr1zCsicMWpAA",
    "tGzv3JOkF0XG5Qx2TlKWIA",
    "czZCaGRSa3F0MzpnWDFmQmF0M2JW",
    "mF_9.B5f-4.1JqM",
    "hh5s93j4hdidpola",
    "hdhd0244k9j7ao03",
    "nnch734d00sl2jdk",
    "pfkkdhi9sl3r4s00",
    "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
)
# A name of something kept elsewhere, a digest, something sealed, a pattern, a template.
_REFERENCE = compiled(
    r"(?i)^(?:arn|urn|op|vault|ssm|env|file|secret|secrets|secretsmanager|keyvault|ref|kms|sops|gcp|aws|azure|keyring|keychain|sm|doppler"
    r"|sha-?\d+|md5|bcrypt|pbkdf2\w*|scrypt|argon2\w*|hashed|enc|encrypted|cipher|sealed|valuefrom|resolve|param|config)[:(\[]"
    r"|^[a-z][a-z0-9+.-]*://|^\$(?:2[abxy]?|5|6|1|y|argon2\w*|pbkdf2[\w-]*|scrypt)\$|^\{[A-Za-z0-9-]+\}|^sha\d{3}-|^scram-sha"
    r"|^pbkdf2_|^@microsoft\.keyvault|^\$ansible_vault|^projects/[^/]+/secrets/"
    r"|\[[a-z0-9_^\\-]*(?:a-z|0-9)[^\]]*\]|\\[dwsb][+*{]|\{\d+,\d*\}|\(\?[:=!<pi]|^\^.*\$$"
    r"|\{[a-z_][\w.]*(?:![rsa])?(?::[^{}]{0,20})?\}|%[sdvqr]\b|%\w+%|#\{|\\\(|\$\{|\$\(|\{\{|<%|%\{"
    r"|^\$[a-z_]\w*$|^\$env:|^@[a-z_]\w*$|^(?:~|\.{1,2})?/(?:[\w.@-]+/)+[\w.@-]*\.\w{1,8}$"
    r"|\.(?:pem|key|crt|cer|json|ya?ml|txt|toml|ini|env|cfg|conf|pub|p12|pfx|jks|html?|md|py|js|ts|go|java|rb|php|sh|sql|csv|xml|png|svg)$"
    r"|^\d{4}-\d\d-\d\d[t ]\d\d:|^data:|^Ag[A-Za-z0-9+/]{398,}|^AQICAH|^gAAAAA"
)
_IDENTIFIER = compiled(r"[A-Za-z_][A-Za-z0-9_]*")
_WORD_LENGTH = 3
_NAME_BITS = 4.8
_PART = compiled(r"[^\W_]+")
_WORDLIKE = compiled(
    r"[A-Za-z]+|\d{1,8}|[A-Za-z]{1,12}\d{1,6}[A-Za-z]{0,3}|v?\d{1,4}[A-Za-z]{1,3}\d?|[A-Za-z]+\d[A-Za-z]+"
)
_UUID = compiled(r"(?i)[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_HEX = compiled(r"[0-9a-f]{16,}|[0-9A-F]{16,}")


def is_placeholder(value: str) -> bool:
    """Whether a value says of itself that it is none, or is one that a vendor's documentation prints."""
    return _PLACEHOLDER.search(value) is not None or any(known in value for known in _DOCUMENTED)


def is_reference(value: str) -> bool:
    """Whether a value names, digests, seals or describes something instead of being it."""
    return _REFERENCE.search(value) is not None


@lru_cache(maxsize=4096)
def looks_random(value: str, *, password: bool = False) -> bool:
    """Whether a literal looks drawn at random: long, of many characters, and of letter pairs that writing lacks.

    A `password` may be made up by a person, so less is asked of it.
    """
    if not SHORTEST <= len(value) <= LONGEST:
        return False
    value = value[:_JUDGED]
    if _is_sequence(value):
        return False
    spread = entropy(value)
    if _UUID.fullmatch(value) is not None or _HEX.fullmatch(value) is not None:
        digits = sum(char.isdigit() for char in value)
        return 0 < digits < len(value) and spread >= _HEX_ENTROPY_BITS
    bits = surprise(value)
    if spread < (_ENTROPY_BITS if bits < _CLEAR_BITS else _FEW_CHARACTERS_BITS):
        return False
    wanted = _SURPRISE_BITS if not password else _MIXED_BITS if _is_mixed(value) else _PASSWORD_BITS
    return bits >= wanted and not _is_of_words(value, clear=bits >= _CLEAR_BITS)


def _is_mixed(value: str) -> bool:
    """Whether it has what rules for passwords ask for: both cases, a digit and a mark that joins no words."""
    tests = (str.islower, str.isupper, str.isdigit, _MARKS.__contains__)
    return all(any(test(char) for char in value) for test in tests)


def entropy(text: str) -> float:
    """Shannon entropy in bits per character."""
    counts = [text.count(char) for char in set(text)]
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts) if text else 0.0


def surprise(text: str) -> float:
    """Return how unlike writing a text is: mean bits of a pair of characters, 3 to 5 in words, 6 to 10 at random."""
    before, total = _MARK, 0.0
    for char in text:
        now = _LETTERS.get(char, _DIGIT if char.isdigit() else _MARK)
        total += COSTS[before][now] + (_DIGIT_BITS if now == _DIGIT else 0.0)
        before = now
    return total / len(text) if text else 0.0


def _is_sequence(value: str) -> bool:
    """Whether the characters mostly follow each other, as in an alphabet or `1234`, or repeat one short piece."""
    codes = [ord(char) for char in value]
    steps = sum(abs(one - other) <= 1 for one, other in pairwise(codes))
    if steps >= _SEQUENCE_SHARE * (len(value) - 1):
        return True
    return (value + value).find(value, 1) < min(len(value), 8)


def _is_name(value: str) -> bool:
    """Whether an identifier is made of words, capitals or not: `AsyncOAuth2Client`, `X25519PublicKey`."""
    words = words_of(value)
    return len(value) >= _WORD_LENGTH * len(words) and surprise("_".join(words)) < _NAME_BITS


def _is_of_words(value: str, *, clear: bool) -> bool:
    """Whether it is words, numbers and versions joined by marks, like `argon2id-v19-m65536`; `clear` when unlikely."""
    if not _MARKS.isdisjoint(value):
        return False
    if _IDENTIFIER.fullmatch(value) is not None and _is_name(value):
        return True
    if clear:
        return False
    parts = [hit[0] for hit in _PART.finditer(value)]
    return len(parts) > 1 and all(_WORDLIKE.fullmatch(part) is not None for part in parts)
