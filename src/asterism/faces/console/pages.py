"""`/signin`, `/device` and `/integrations/…/callback`: small HTML pages with scripts of our own.

Their policy allows nothing else. The pages hold no secret and no session: their scripts call `/v1` with the token of
the browser's local storage. Nothing is approved by opening a page; a connection is finished by who began it alone.
They cannot be framed, so nobody can be made to click on something they do not see.
"""

import html
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Template

from starlette.requests import Request
from starlette.responses import Response

from asterism.asgi.router import Answering, NoRoute

HERE = Path(__file__).parent
MEDIA = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
SERVICES = {"notion": "Notion", "github": "GitHub"}
REASON_LENGTH = 200  # characters of what a service says that are shown at most
CODE_LENGTH = 32  # characters of a user code that are pre-filled at most
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def pages() -> Mapping[str, Answering]:
    """Return the pages with their scripts and styles, by path."""
    return {
        "/signin": signin,
        "/device": device,
        "/signin/assets/{name:str}": asset,
        "/integrations/{provider:str}/callback": connect,
    }


async def signin(_request: Request) -> Response:
    """GET /signin: take a one-time link, or send to a sign-in provider."""
    return page("signin.html")


async def device(request: Request) -> Response:
    """GET /device: show which device asks, and let a signed-in person approve or deny it."""
    return page("device.html", code=request.query_params.get("code", "")[:CODE_LENGTH])


async def connect(request: Request) -> Response:
    """GET /integrations/:provider/callback: where a service sends a browser back to; say what it said, and go on."""
    provider = str(request.path_params["provider"])
    label = SERVICES.get(provider)
    if label is None:
        raise NoRoute
    return page("connect.html", provider=provider, label=label, says=_said(label, request.query_params))


def _said(label: str, told: Mapping[str, str]) -> str:
    """Return what a person is to know of the answer of a service (RFC 6749 4.1.2)."""
    again = "Begin again where you came from."
    if told.get("error") == "access_denied":
        return f"{label} was not connected: it was not allowed there. {again}"
    if error := told.get("error"):
        reason = told.get("error_description") or error
        return f"{label} was not connected. It says: “{reason[:REASON_LENGTH]}”. {again}"
    if told.get("setup_action") == "request":
        return f"The app still has to be installed by an owner at {label}, who was asked for it. {again}"
    if told.get("installation_id") or (told.get("code") and told.get("state")):
        return f"{label} has sent you back to finish the connection."
    return f"There is nothing to finish here. {again}"


async def asset(request: Request) -> Response:
    """GET /signin/assets/:name: a script or style of the pages."""
    name = str(request.path_params["name"])
    found = _assets().get(name)
    if found is None:
        raise NoRoute
    headers = {**HEADERS, "Cache-Control": "no-cache", "Content-Type": MEDIA[Path(name).suffix]}
    return Response(found, headers=headers)


def page(name: str, **values: str) -> Response:
    """Return a page made from a template; values stand in it as text, whatever they hold."""
    text = _template(name).substitute({key: html.escape(value) for key, value in values.items()})
    return Response(text, media_type="text/html", headers=HEADERS)


@cache
def _template(name: str) -> Template:
    return Template((HERE / "templates" / name).read_text(encoding="utf-8"))


@cache
def _assets() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((HERE / "assets").iterdir()) if path.suffix in MEDIA}
