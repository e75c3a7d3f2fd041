"""What the sign-in and device pages send: safe headers, nothing inline, nothing from elsewhere."""

import re

import httpx
import pytest

CALLBACK = "/integrations/github/callback"
PAGES = ["/signin", "/device", "/device?code=HMKP-7362", CALLBACK, f"{CALLBACK}?code=c&state=s"]


@pytest.mark.parametrize("page", PAGES)
def test_pages_forbid_framing_and_foreign_or_inline_code(anonymous: httpx.Client, page: str) -> None:
    answer = anonymous.get(page)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "no-referrer"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script(?![^>]*src=)|<style|\son\w+=|\sstyle=|javascript:|https?://", answer.text)
    for address in re.findall(r'(?:src|href)="([^"]+)"', answer.text):
        assert address.startswith("/signin") or address in {"/", "/device", "/schema"}


def test_everything_the_pages_name_is_served(anonymous: httpx.Client) -> None:
    names = {name for page in PAGES for name in re.findall(r'"(/signin/assets/[^"]+)"', anonymous.get(page).text)}
    names |= {"/signin/assets/session.js"}
    for name in names:
        answer = anonymous.get(name)
        assert answer.status_code == 200
        assert answer.headers["content-type"].split(";")[0] in {"text/javascript", "text/css"}
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("name", ["unknown.js", "..%2Fpages.py", "%2e%2e/pages.py", "session.js%00"])
def test_nothing_else_is_served(anonymous: httpx.Client, name: str) -> None:
    assert anonymous.get(f"/signin/assets/{name}").status_code == 404


@pytest.mark.parametrize("code", ['"><script>alert(1)</script>', "'><img src=x onerror=alert(1)>", "$code", "x" * 5000])
def test_a_code_in_the_address_is_only_ever_a_value(anonymous: httpx.Client, code: str) -> None:
    text = anonymous.get("/device", params={"code": code}).text
    assert "<script>" not in text
    assert "<img" not in text
    [value] = re.findall(r'id="code"[^>]* value="([^"]*)"', text)
    assert len(value) <= 200


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("", "There is nothing to finish here"),
        ("code=c&state=s", "GitHub has sent you back to finish the connection"),
        ("code=c", "There is nothing to finish here"),
        ("installation_id=7&setup_action=install", "GitHub has sent you back"),
        ("setup_action=request", "by an owner at GitHub"),
        ("error=access_denied&state=s", "it was not allowed there"),
        ("error=server_error&error_description=%3Cimg+src%3Dx%3E" + "x" * 900, "“&lt;img src=x&gt;xxx"),
    ],
)
def test_a_service_sends_people_back_to_a_page_that_says_what_happened(
    anonymous: httpx.Client, query: str, says: str
) -> None:
    text = anonymous.get(f"{CALLBACK}?{query}").text
    assert says in text
    assert "Connect GitHub" in text
    assert "x" * 250 not in text
    assert ("Begin again" in text) == ("sent you back" not in text)


def test_there_is_no_such_page_of_other_services(anonymous: httpx.Client) -> None:
    assert anonymous.get("/integrations/other/callback").status_code == 404


def test_the_api_is_shown_without_any_script_and_from_here_alone(anonymous: httpx.Client) -> None:
    answer = anonymous.get("/schema")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script|<style|\son\w+=|\sstyle=|javascript:|https?://(?!127\.0\.0\.1)", answer.text)
    for address in re.findall(r'(?:src|href)="([^"#]+)"', answer.text):
        assert address.startswith("/schema")
        assert anonymous.get(address).status_code == 200
    for word in ("GET", "/v1/projects/{project_id}", "projectsCreate", "UNAUTHORIZED"):
        assert word in answer.text


@pytest.mark.parametrize("path", ["/schema/swagger", "/schema/redoc", "/schema/elements", "/schema/openapi.yaml"])
def test_no_other_documentation_page_is_left(anonymous: httpx.Client, path: str) -> None:
    assert anonymous.get(path).status_code == 404


def test_signing_in_says_who_the_owner_is_and_how_long_links_last(anonymous: httpx.Client) -> None:
    text = anonymous.get("/signin").text
    assert "owner@localhost" in text
    assert "15 minutes" in text
    assert 'href="/"' in text
