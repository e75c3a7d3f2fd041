"""One made-up secret of every kind, assembled so that no scanner takes this file for a leak."""

import zlib

from asterism.base.ids import BASE62

_WORD = "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5bC7d"


def _asterism_token() -> str:
    body = "ast_u_" + _WORD[:40]
    check, tail = zlib.crc32(body.encode()), ""
    for _ in range(6):
        check, digit = divmod(check, 62)
        tail = BASE62[digit] + tail
    return body + tail


SECRETS = {
    "key": '"""-----BEGIN RSA '
    + "PRIVATE KEY-----\nMIIEowIBAAKCAQEA7bq1c2\n"
    + _WORD
    + "\n-----END RSA PRIVATE KEY-----\n"
    + '"""',
    "aws": '"AKIA' + "Q3T7XZ9LMN2PVB4R" + '"',
    "github": '"ghp_' + _WORD[:36] + '"',
    "anthropic": '"sk-ant-' + _WORD + '"',
    "openai": '"sk-proj-' + _WORD + '"',
    "google": '"AIza' + _WORD[:35] + '"',
    "gitlab": '"glpat-' + _WORD[:20] + '"',
    "slack": '"xoxb-' + "123456789012-" + _WORD[:24] + '"',
    "stripe": '"sk_live_' + _WORD[:24] + '"',
    "npm": '"npm_' + _WORD[:36] + '"',
    "pypi": '"pypi-' + (_WORD * 2)[:60] + '"',
    "sendgrid": '"SG.' + _WORD[:22] + "." + _WORD[:40] + '"',
    "azure": '"DefaultEndpointsProtocol=https;AccountKey=' + (_WORD * 3)[:86] + '=="',
    "asterism": f'"{_asterism_token()}"',
    "url": '"postgres://admin:' + "s3cr3tP4ssw0rdX9q" + '@db.internal/app"',
    "jwt": '"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.' + "eyJzdWIiOiIxMjM0NTY3ODkwIn0." + _WORD[:43] + '"',
    "api_key_value": '"' + _WORD[:24] + '"',
}
KINDS = {
    "key": "private-key", "aws": "aws-access-key", "github": "github-token", "anthropic": "anthropic-key",
    "openai": "openai-key", "google": "google-api-key", "gitlab": "gitlab-token", "slack": "slack-token",
    "stripe": "stripe-key", "npm": "npm-token", "pypi": "pypi-token", "sendgrid": "sendgrid-key",
    "azure": "azure-storage-key", "asterism": "asterism-token", "url": "connection-url", "jwt": "jwt",
    "api_key_value": "assignment",
}  # fmt: skip
