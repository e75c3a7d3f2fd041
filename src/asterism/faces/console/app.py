"""The console: the files that `make console` built from `web/`, sent as they are, and the page for all its addresses.

The files have names with the hash of their content and never change; the page names them and is asked for anew each
time. The policy lets nothing in that does not come from this origin. A server without built files says what to do.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from asterism.asgi.files import not_modified
from asterism.asgi.router import Answering, NoRoute
from asterism.faces.console.pages import HEADERS as PAGE_HEADERS
from asterism.faces.console.pages import page

DIST = Path(__file__).parent / "dist"
ROOMS: Final = ("projects", "review", "settings")  # the first segments of addresses that the browser app understands
MEDIA: Final = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
HEADERS: Final = {
    **PAGE_HEADERS,
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
}


@dataclass(frozen=True, slots=True)
class Built:
    """A built file, plain and compressed, with its media type and entity tag."""

    plain: bytes
    packed: bytes | None
    media: str
    tag: str


def pages() -> Mapping[str, Answering]:
    """Return what is served by path: the page under `/` and below each of `ROOMS`, and the files it names."""
    served: dict[str, Answering] = {"/": app, "/assets/{name:str}": asset}
    for room in ROOMS:
        served[f"/{room}"] = served[f"/{room}/{{rest:path}}"] = app
    return served


async def app(request: Request) -> Response:
    """GET /, and every address of the browser app: the page, which finds out by itself what to show."""
    found = built_files(DIST).get("index.html")
    return page("unbuilt.html") if found is None else _sent(request, found, "no-cache")


async def asset(request: Request) -> Response:
    """GET /assets/:name: a file that the page names; its name holds the hash of what is in it."""
    found = built_files(DIST).get(f"assets/{request.path_params['name']}")
    if found is None:
        raise NoRoute
    return _sent(request, found, "public, max-age=31536000, immutable")


def _sent(request: Request, file: Built, caching: str) -> Response:
    headers = {**HEADERS, "Cache-Control": caching, "ETag": f'"{file.tag}"', "Vary": "Accept-Encoding"}
    if not_modified(request.headers.get("if-none-match"), file.tag):
        return Response(b"", status_code=304, headers=headers)
    headers["Content-Type"] = file.media
    packed = file.packed if "gzip" in request.headers.get("accept-encoding", "") else None
    if packed is not None:
        headers["Content-Encoding"] = "gzip"
    return Response(file.plain if packed is None else packed, headers=headers)


@cache
def built_files(folder: Path) -> Mapping[str, Built]:
    """Return the built files of a folder by their path in it; none where nothing was built."""
    names = [folder / "index.html", *sorted((folder / "assets").glob("*"))]
    media = {**MEDIA, ".html": "text/html; charset=utf-8"}
    return {
        path.relative_to(folder).as_posix(): _read(path, media[path.suffix])
        for path in names
        if path.suffix in media and path.is_file()
    }


def _read(path: Path, media: str) -> Built:
    plain, packed = path.read_bytes(), path.with_name(path.name + ".gz")
    tag = hashlib.sha256(plain).hexdigest()[:32]
    return Built(plain, packed.read_bytes() if packed.exists() else None, media, tag)
