"""What values make sense, beyond their types: pure, one sentence for each that does not."""

import ipaddress
import re
from collections.abc import Callable, Iterator
from urllib.parse import SplitResult, urlsplit

from asterism.asgi.addresses import read_networks
from asterism.base.errors import Invalid
from asterism.base.hosts import is_loopback
from asterism.server.settings import Settings

_HOST = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_-]{1,63})*\.?\Z")
_MODEL = re.compile(r"[a-z0-9-]+:\S+\Z")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\Z")
_DATABASE = "an address like postgresql://user@host/database, or sqlite:///FILE with an absolute path"
_WEB = "an address like https://host/path"
_PRIVATE_WEB = "an address like https://host/path; plain http only towards this machine"
_STORE = "a folder, or an address like s3://bucket/prefix"


def check_values(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield the name of each setting that makes no sense, with what it must be."""
    for name in settings.__struct_fields__:
        value = getattr(settings, name)
        rule = _rule(name)
        if rule is not None and value not in (None, "") and not rule[0](value):
            yield name, rule[1]
    if settings.refresh_ttl < settings.access_ttl:
        yield "refresh_ttl", "at least as long as access_ttl"


def check_address(name: str, value: str) -> None:
    """Raise Invalid, without the value, which may hold a password, when it makes no sense for the setting."""
    rule = _RULES[name]
    if not rule[0](value):
        raise Invalid(f"The address given makes no sense: it must be {rule[1]}.")


def wording(error: str) -> str:
    """Say as a person would what msgspec says of a value: the words that follow `must be`."""
    text = error.partition(" - at ")[0]
    if bound := re.match(r"Expected `(?:int|float)` (<=|>=|<|>) (\S+)", text):
        word = {"<=": "at most", ">=": "at least", "<": "less than", ">": "more than"}[bound[1]]
        return f"{word} {bound[2].removesuffix('.0')}"
    if text.startswith("Expected `int"):
        return "a whole number"
    if text.startswith("Expected `float"):
        return "a number"
    if text.startswith("Expected `bool"):
        return "true or false"
    if text.startswith("Invalid enum value"):
        return "one of the values that are listed"
    return text.removeprefix("Expected ").replace("`", "").replace("str", "text")


def _rule(name: str) -> tuple[Callable[[str], bool], str] | None:
    if name in {"github_base_url", "github_login_url", "notion_base_url"}:
        return _is_private_address, _PRIVATE_WEB
    if name.endswith(("_base_url", "_jwks_url")) or name in {"public_url", "oidc_issuer"}:
        return is_web_address, _WEB
    return _RULES.get(name)


def is_web_address(value: str) -> bool:
    """Whether it is `http(s)://host[:port][/path]`, without blanks, query or fragment."""
    parts = _split(value)
    if parts is None or re.search(r"\s|[\x00-\x1f]", value):
        return False
    return parts.scheme in {"http", "https"} and _is_host(parts.hostname or "") and not (parts.query or parts.fragment)


def _is_private_address(value: str) -> bool:
    """Whether nobody on the way can read what is sent there: users' credentials are."""
    return is_web_address(value) and (value.startswith("https:") or is_loopback(urlsplit(value).hostname or ""))


def _is_origins(value: str) -> bool:
    return all(_is_origin(name.strip()) for name in value.split(",") if name.strip() not in {"", "*"})


def _is_origin(value: str) -> bool:
    parts = _split(value)
    if parts is None or not parts.netloc or "@" in parts.netloc or parts.query or parts.fragment:
        return False
    return (
        re.match(r"[a-z][a-z0-9+.-]*\Z", parts.scheme) is not None and parts.path == "" and not re.search(r"\s", value)
    )


def _are_networks(value: str) -> bool:
    try:
        read_networks(value)
    except ValueError:
        return False
    return True


def _is_database(value: str) -> bool:
    if value.startswith("sqlite:///"):
        return value.startswith("sqlite:////") and not set(value) & set("?#\0")
    return value.startswith("postgresql://") and _split(value) is not None and len(value) > len("postgresql://")


def _is_store(value: str) -> bool:
    if "\0" in value or not value.strip():
        return False
    return "://" not in value or re.match(r"[a-z0-9]+://", value) is not None


def _is_reach(value: str) -> bool:
    words = [word.strip().lower() for word in value.split(",")]
    named = len(words) == 1 or not {"open", "closed"} & set(words)
    return named and all(_is_host(word.removeprefix(".")) for word in words)


def _is_host(value: str) -> bool:
    try:
        ipaddress.ip_address(value.partition("%")[0])
    except ValueError:
        digits = value.replace(".", "").isdigit()  # four numbers that are no address are no name either
        return not digits and _HOST.match(value) is not None
    return True


def _split(value: str) -> SplitResult | None:
    try:
        parts = urlsplit(value)
        return parts if parts.port is None or parts.port > 0 else None
    except ValueError:
        return None


def _matches(pattern: "re.Pattern[str]") -> Callable[[str], bool]:
    return lambda value: pattern.match(value) is not None


_RULES: dict[str, tuple[Callable[[str], bool], str]] = {
    "host": (_is_host, "an address of this machine, as 127.0.0.1"),
    "database_url": (_is_database, _DATABASE),
    "object_store": (_is_store, _STORE),
    "deploy_network": (_is_reach, "`closed`, `open`, or names of hosts, comma-separated"),
    "cors_origins": (_is_origins, "`*` or origins like https://host, comma-separated"),
    "trusted_proxies": (_are_networks, "addresses or networks like 10.0.0.0/8, comma-separated"),
    "owner_email": (_matches(_EMAIL), "an address like name@host"),
    "model_fast": (_matches(_MODEL), "`provider:model`"),
    "model_balanced": (_matches(_MODEL), "`provider:model`"),
    "model_best": (_matches(_MODEL), "`provider:model`"),
    "embedding_model": (_matches(_MODEL), "`provider:model`"),
    "title_model": (_matches(_MODEL), "`provider:model`"),
}
