"""Whose address a request comes from, and which address of ours it reached."""

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from starlette.requests import Request

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Addresses:
    """What the settings say about addresses. `listening` is `http://host:port`, `public` the configured base if any."""

    listening: str
    public: str | None = None
    proxies: tuple[Network, ...] = ()

    def client(self, request: "Request") -> str:
        """Return the address that a request comes from."""
        return self.resolve(request.client.host if request.client else "", request.headers.get("x-forwarded-for", ""))

    def resolve(self, peer: str, forwarded: str) -> str:
        """Return the client's address: the socket's peer, or what trusted proxies say about whom they serve.

        Of `X-Forwarded-For` the last entry that is not itself a trusted proxy counts; everything before it is hearsay.
        """
        if not self._trusted(peer):
            return peer or "unknown"
        told = [entry.strip() for entry in forwarded.split(",") if entry.strip()]
        return next((entry for entry in reversed(told) if not self._trusted(entry)), peer)

    def base(self, request: "Request") -> str:
        """Return the base of links: the configured address, else the one the request used if it is surely ours."""
        if self.public:
            return self.public.rstrip("/")
        authority = request.headers.get("host", "")
        return f"http://{authority}" if self._ours(authority) else self.listening

    def origins(self, request: "Request") -> frozenset[str]:
        """Return the origins of our own pages: that of the configured address, and that which the request used."""
        authority = request.headers.get("host", "")
        used = f"http://{authority}" if self._ours(authority) else self.listening
        return frozenset(origin_of(base) for base in (used, self.public) if base)

    def _trusted(self, address: str) -> bool:
        if not self.proxies:
            return False
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self.proxies)

    def _ours(self, authority: str) -> bool:
        host, _, port = authority.rpartition(":") if not authority.endswith("]") else (authority, "", "")
        if not host:
            host, port = port, ""
        if port and not port.isdigit():
            return False
        listening = self.listening.removeprefix("http://").rpartition(":")[0]
        return host in LOOPBACK or host == listening or (listening in {"0.0.0.0", "[::]"} and _is_ip(host))  # noqa: S104


def origin_of(address: str) -> str:
    """Return the origin of a web address as a browser writes it (RFC 6454 6.1): lower case, without the usual port."""
    parts = urlsplit(address)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port not in (None, usual) else "")


def read_networks(setting: str) -> tuple[Network, ...]:
    """Read a comma-separated list of addresses and networks. Raises ValueError."""
    return tuple(ipaddress.ip_network(part.strip(), strict=False) for part in setting.split(",") if part.strip())


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
