"""How the console is served: its page under all of its addresses, its files for ever, nothing from elsewhere."""

import gzip
import re
from pathlib import Path

import httpx
import pytest

from asterism.faces.console.app import built_files
from asterism.faces.console.pages import page
from tools import console

INSIDE = ["/", "/projects", "/projects/p1", "/projects/p1/workspaces/w1", "/settings", "/settings/x/y"]


@pytest.fixture(scope="module", autouse=True)
def built() -> None:
    console.build()  # `make test` has done it


@pytest.mark.parametrize("address", INSIDE)
def test_every_address_of_the_console_is_its_page(anonymous: httpx.Client, address: str) -> None:
    answer = anonymous.get(address)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["x-frame-options"] == "DENY"
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'self'; ")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script(?![^>]*src=)|<style|\son\w+=|\sstyle=|javascript:|https?://", answer.text)
    again = anonymous.get(address, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_files_are_typed_packed_and_kept_for_ever(anonymous: httpx.Client) -> None:
    names = re.findall(r'(?:src|href)="(/assets/[^"]+)"', anonymous.get("/").text)
    assert {Path(name).suffix for name in names} >= {".js", ".css", ".svg"}
    for name in names:
        packed = anonymous.get(name, headers={"Accept-Encoding": "gzip"})
        plain = anonymous.get(name, headers={"Accept-Encoding": "identity"})
        assert packed.headers["content-encoding"] == "gzip"
        assert "content-encoding" not in plain.headers
        assert packed.content == plain.content
        for answer in (packed, plain):
            assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
            assert answer.headers["vary"] == "Accept-Encoding"
            assert answer.headers["x-content-type-options"] == "nosniff"
    assert plain.headers["content-type"].split(";")[0] in {"text/javascript", "text/css", "image/svg+xml"}


@pytest.mark.parametrize("name", ["unknown.js", "..%2Findex.html", "%2e%2e/made-of", "index.html", "..%5Cmade-of"])
def test_nothing_else_is_served(anonymous: httpx.Client, name: str) -> None:
    assert anonymous.get(f"/assets/{name}").status_code == 404


@pytest.mark.parametrize("path", ["/nothing", "/project/p1", "/made-of", "/assets", "/v1/nothing", "/api/nothing"])
def test_addresses_that_are_not_ours_stay_unknown(anonymous: httpx.Client, path: str) -> None:
    answer = anonymous.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("application/json")


def test_the_first_screen_takes_less_than_200_kb_of_scripts() -> None:
    files = built_files(console.DIST)
    page = files["index.html"].plain.decode()
    names = set(re.findall(r'"/(assets/[^"]+\.js)"', page))
    seen: set[str] = set()
    while names - seen:
        for name in names - seen:
            seen.add(name)
            statics = re.findall(r'(?:from|import)\s*"\./([\w.-]+\.js)"', files[name].plain.decode())
            names |= {f"assets/{found}" for found in statics}
    sizes = [len(files[name].packed or b"") for name in seen]
    assert 100_000 < sum(sizes) < 200_000
    assert len(sizes) <= 3  # each is one more request before anything is drawn


def test_what_is_packed_is_what_is_built() -> None:
    for file in built_files(console.DIST).values():
        assert file.packed is None or gzip.decompress(file.packed) == file.plain


def test_without_built_files_a_page_says_what_to_run(tmp_path: Path) -> None:
    assert built_files(tmp_path) == {}
    assert "make console" in str(page("unbuilt.html").body)
