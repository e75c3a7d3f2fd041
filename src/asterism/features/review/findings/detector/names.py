"""Whether a name is one of a secret: `db_password`, `clientSecret`, `X-API-Key`, but not `token_type`. Pure."""

from functools import lru_cache

from asterism.features.review.findings.detector.words import words_of

# Each of these names a secret when it ends a name.
_NOUNS = frozenset(
    """password passwords passwort passwd passwds passphrase passcode pwd pass pw secret secrets token tokens
    credential credentials cred creds apikey apikeys secretkey accesskey privatekey authkey authtoken bearer auth
    authorization connectionpassword userpass requirepass masterauth identified""".split()  # noqa: SIM905 - reads as the list it is
)
_ENDINGS = (
    "password", "passwd", "passphrase", "secret", "token", "apikey", "secretkey", "accesskey", "privatekey", "authkey",
    "accountkey", "signingkey", "encryptionkey", "masterkey", "passwort",
)  # fmt: skip
# A key of one of these sorts is a secret; other keys open nothing (cache, primary, public, sort, idempotency).
_KEYS = frozenset(
    """api access secret private encryption encrypt crypto cipher aes hmac jwt signing sign auth authentication master
    account shared service consumer session cookie storage webhook deploy subscription app application ssh rsa gpg
    license admin root rest integration functions sas project server fernet signature
    openai anthropic google gemini maps stripe mailgun sendgrid twilio github gitlab aws azure gcp firebase datadog
    slack telegram discord deepl huggingface groq mistral cloudflare sentry openrouter""".split()  # noqa: SIM905
)
# Words behind the noun that change nothing.
_NEUTRAL = frozenset(
    """value val string str text plain plaintext cleartext raw prod production dev development stage staging live test
    testing qa uat default base64 b64 hex old new current previous primary secondary main backup env environment var
    variable const constant bytes literal content confirmation confirm again repeat local global internal external
    readonly rw ro user base""".split()  # noqa: SIM905
)
# Tokens and keys that page, separate or synchronise; a password or a secret of these words is one all the same.
_HARMLESS = frozenset(
    """page next continuation cursor sync resume delta csrf xsrf cancellation pad padding eos bos sep mask unk special
    lexer syntax concurrency pagination upload design""".split()  # noqa: SIM905
)
_SEEN = frozenset(("public", "pub", "publishable", "change"))
"""Words of what is meant to be seen, or of a form."""
_KEPT = ("password", "passwd", "passphrase", "secret", "pwd", "credential", "credentials")


@lru_cache(maxsize=8192)
def is_secret(name: str) -> bool:
    """Whether the name ends in a noun of a secret, words of no weight behind it left aside."""
    words = words_of(name)
    while len(words) > 1 and (words[-1] in _NEUTRAL or words[-1].isdigit() or len(words[-1]) == 1):
        words.pop()
    if not words or not _SEEN.isdisjoint(words):
        return False
    last = words[-1]
    if last not in _KEPT and not _HARMLESS.isdisjoint(words):
        return False
    if last in {"key", "keys"}:
        return len(words) > 1 and words[-2] in _KEYS
    return last in _NOUNS or last.endswith(_ENDINGS)


@lru_cache(maxsize=8192)
def is_password(name: str) -> bool:
    """Whether people make the value up."""
    return "pass" in name.lower() or "pwd" in name.lower()
