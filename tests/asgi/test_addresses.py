"""Whose address counts, and which address of ours is shown."""

from types import SimpleNamespace
from typing import Any

import pytest

from asterism.asgi.addresses import Addresses, origin_of, read_networks


def request(peer: str | None = "192.0.2.1", **headers: str) -> Any:
    client = SimpleNamespace(host=peer) if peer else None
    return SimpleNamespace(client=client, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize(
    ("peer", "told", "counts"),
    [
        ("192.0.2.1", "203.0.113.9", "192.0.2.1"),
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "1.1.1.1, 203.0.113.9, 10.0.0.7", "203.0.113.9"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.7", "10.0.0.1"),
        (None, "203.0.113.9", "unknown"),
    ],
)
def test_only_trusted_proxies_are_believed(peer: str | None, told: str, counts: str) -> None:
    addresses = Addresses("http://0.0.0.0:3000", proxies=read_networks("10.0.0.0/8, 172.16.0.1"))
    assert addresses.client(request(peer, x_forwarded_for=told)) == counts


@pytest.mark.parametrize(
    ("listening", "host", "base"),
    [
        ("http://127.0.0.1:3000", "localhost:8080", "http://localhost:8080"),
        ("http://127.0.0.1:3000", "[::1]:3000", "http://[::1]:3000"),
        ("http://127.0.0.1:3000", "127.0.0.1", "http://127.0.0.1"),
        ("http://127.0.0.1:3000", "evil.example:3000", "http://127.0.0.1:3000"),
        ("http://127.0.0.1:3000", "192.0.2.5:3000", "http://127.0.0.1:3000"),
        ("http://127.0.0.1:3000", "localhost:80@evil.example", "http://127.0.0.1:3000"),
        ("http://127.0.0.1:3000", "", "http://127.0.0.1:3000"),
        ("http://0.0.0.0:3000", "192.0.2.5:3000", "http://192.0.2.5:3000"),
        ("http://0.0.0.0:3000", "evil.example", "http://0.0.0.0:3000"),
        ("http://box.lan:3000", "box.lan:3000", "http://box.lan:3000"),
    ],
)
def test_links_follow_the_request_only_to_an_address_that_is_ours(listening: str, host: str, base: str) -> None:
    assert Addresses(listening).base(request(host=host)) == base


def test_the_configured_address_wins() -> None:
    assert (
        Addresses("http://127.0.0.1:3000", "https://a.example/").base(request(host="localhost")) == "https://a.example"
    )


@pytest.mark.parametrize("setting", ["nonsense", "10.0.0.0/99"])
def test_wrong_networks_are_refused(setting: str) -> None:
    with pytest.raises(ValueError):
        read_networks(setting)


def test_our_origins_are_the_configured_one_and_the_one_in_use() -> None:
    addresses = Addresses("http://127.0.0.1:3000", "https://A.example:443/base/")
    assert addresses.origins(request(host="localhost:3000")) == {"https://a.example", "http://localhost:3000"}
    assert addresses.origins(request(host="evil.example")) == {"https://a.example", "http://127.0.0.1:3000"}


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("http://Box.LAN:80/x", "http://box.lan"),
        ("https://a.example:8443", "https://a.example:8443"),
        ("http://[::1]:3000/", "http://[::1]:3000"),
    ],
)
def test_origins_are_written_as_browsers_do(address: str, origin: str) -> None:
    assert origin_of(address) == origin
