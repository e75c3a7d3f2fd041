"""The secret detector: the corpus of `bench/secrets` as a guard, and the rows that were wrong once, with siblings."""

import random
import string

import pytest

from asterism.features.review.findings import ReviewedFile, detector, redact
from bench.secrets import measure
from bench.secrets.cases import load
from tests.support.diffs import added_file

ALNUM = string.ascii_letters + string.digits


def drawn(seed: int, length: int = 32, alphabet: str = ALNUM) -> str:
    return "".join(random.Random(seed).choices(alphabet, k=length))


def found(text: str) -> list[tuple[str, str]]:
    return [(match.kind.name, match.value) for match in detector.scan(text) if not match.placeholder]


def test_the_corpus_is_large_and_has_no_secret_of_its_own() -> None:
    true, false = load("true"), load("false")
    assert sum(len(case.secrets) for case in true) >= 150
    assert len([case for case in false if not case.secrets]) >= 150


def test_recall_and_precision_on_the_corpus() -> None:
    tally = measure()
    assert tally.found >= 0.995 * tally.secrets, tally.missed
    assert not tally.false_alarms
    assert tally.leaked <= tally.secrets - tally.found, "what is found is what is redacted"


HABITATS = [
    "API_KEY=@\r\n", "API_KEY=@ # prod", "API_KEY=@  ", "ENV API_KEY=@ X=y", "  password: @",
    "aws_secret_access_key = @", "spring.datasource.password=@", 'const API_KEY: &str = "@";',
    '"Server=db;User Id=sa;Password=@;"', "<password>@</password>", 'api_key = "@"',
]  # fmt: skip


@pytest.mark.parametrize("habitat", HABITATS)
@pytest.mark.parametrize("length", [20, 27, 32, 40])
def test_a_random_literal_is_found_and_redacted_where_it_lives(habitat: str, length: int) -> None:
    for seed in range(20):
        value = drawn(seed, length)
        text = habitat.replace("@", value)
        assert found(text) == [("assignment", value)]
        assert redact(text) == habitat.replace("@", "[REDACTED:assignment]")


@pytest.mark.parametrize("text", [
    "password: ${DB}", "password: {{ x }}", "token: str = None", "api_key = get_key()", "password = other.password",
    'return text.startswith("-----BEGIN PRIVATE ' + 'KEY-----")', 'PEM = "-----BEGIN RSA PRIVATE ' + 'KEY-----"',
    r're.compile(r"-----BEGIN (?:RSA )?PRIVATE KEY-----")',
    "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----",
    "node *n = ast_createBinaryExpression(l, r);", "ast_NodeTransformerVisitorBase1",
    'secret_arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbC123"',
    'token_type = "urn:ietf:params:oauth:token-type:access_token"', 'password = "op://Vault/Item1/password"',
    'token = f"ast_{kind}_{body}{check}9"', r'token_regex = r"^[A-Za-z0-9_-]{20,}$"',
    'tokenizer_name = "bert-base-uncased-v2.1"', 'password_hasher = "argon2id-v19-m65536"',
    'TOKEN_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"',
    'private_key_path = "certs/dev-Server1.key.pem"',
    'credentials_provider = "com.amazonaws.auth.DefaultAWSCredentialsProviderChain"',
])  # fmt: skip
def test_what_is_written_is_no_secret(text: str) -> None:
    assert found(text) == []


KEY = "RSA PRIVATE " + "KEY-----"
BODY = "MIIEpAIBAAKCAQEA7bq0Q2hhcmxpZSBCcm93bg9xZw"


@pytest.mark.parametrize("text", [
    f"-----BEGIN {KEY}\n{BODY}\n{BODY}\n-----END {KEY}\n",
    f"-----BEGIN {KEY}\r\n{BODY}\r\n-----END {KEY}\r\n",
    f'key = "-----BEGIN {KEY}\\n{BODY}\\n-----END {KEY}\\n"',
    f"-----BEGIN {KEY}\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00FF\n\n{BODY}\n-----END {KEY}\n",
    f"+-----BEGIN {KEY}\n+{BODY}\n+-----END {KEY}\n",
    f"  -----BEGIN {KEY}\n  {BODY}\n  -----END {KEY}\n",
    f'"-----BEGIN {KEY}\\n" +\n  "{BODY}\\n" +\n  "-----END {KEY}"',
])  # fmt: skip
def test_a_header_with_a_body_is_a_key_and_no_line_of_it_is_shown(text: str) -> None:
    assert [kind for kind, _ in found(text)] == ["private-key"]
    assert BODY not in redact(text)
    assert redact(text).count("\n") == text.count("\n")


def test_the_finding_stands_on_the_line_of_the_value() -> None:
    text = f"env:\n  - name: API_KEY\n    value: {drawn(3)}\n"
    file = ReviewedFile(added_file("deploy.yaml", text), text)
    assert [number for number, line in file.redacted_lines.items() if "[REDACTED:assignment]" in line] == [3]
    assert drawn(3) not in "\n".join(file.shown(1, 3))


@pytest.mark.parametrize(
    "call",
    ["curl -u deploy:@ https://host/x", 'curl -sSu "deploy:@" https://host', "curl -X PUT \\\n  --user deploy:@ host"],
)
def test_a_password_that_curl_is_given_is_found(call: str) -> None:
    value = drawn(3, 24)
    assert found(call.replace("@", value)) == [("assignment", value)]
    assert redact(call.replace("@", value)) == call.replace("@", "[REDACTED:assignment]")


@pytest.mark.parametrize(
    "call", ["curl -u user:password h", "curl -u $USER:$PASS h", 'curl -u "x:${TOKEN}" h', "du -u a:b"]
)
def test_what_stands_for_a_password_of_curl_is_no_finding(call: str) -> None:
    assert found(call) == []
