"""`/schema`: the API as a page without any script, and `/schema/openapi.json`: the document it shows.

Everything comes from our own origin under a policy that allows a style sheet and nothing else, so the page works
offline and cannot reach the token that the origin's storage may hold.
"""

import html
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from asterism.asgi.router import Answering

STYLES = Path(__file__).parent / "assets" / "schema.css"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
Document = Mapping[str, Any]


def pages(document: Callable[[], Document]) -> Mapping[str, Answering]:
    """Return what is served by path; `document` returns the OpenAPI document."""

    @cache
    def encoded() -> bytes:
        return msgspec.json.encode(document())

    @cache
    def rendered() -> bytes:
        return page(document()).encode()

    async def openapi(_request: Request) -> Response:
        """GET /schema/openapi.json: the API as an OpenAPI 3.1 document."""
        return Response(encoded(), media_type="application/json", headers=HEADERS)

    async def read(_request: Request) -> Response:
        """GET /schema: the API as a page."""
        return Response(rendered(), media_type="text/html", headers=HEADERS)

    async def styles(_request: Request) -> Response:
        """GET /schema/schema.css: the styles of the page."""
        return Response(STYLES.read_bytes(), media_type="text/css", headers=HEADERS)

    return {"/schema": read, "/schema/openapi.json": openapi, "/schema/schema.css": styles}


def page(document: Document) -> str:
    """Write the whole document as HTML."""
    sections: dict[str, list[str]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            sections.setdefault(operation["tags"][0], []).append(_operation(method.upper(), path, operation))
    meanings = {tag["name"]: tag["description"] for tag in document["tags"]}
    links = "".join(f'<li><a href="#{_anchor(tag)}">{_text(tag)}</a></li>' for tag in sections)
    parts = [
        f'<section id="{_anchor(tag)}"><h2>{_text(tag)}</h2><p>{_text(meanings.get(tag, ""))}</p>'
        f"{''.join(body)}</section>"
        for tag, body in sections.items()
    ]
    shapes = "".join(_shape(name, form) for name, form in sorted(document["components"]["schemas"].items()))
    info = document["info"]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_text(info['title'])} API</title>"
        '<link rel="stylesheet" href="/schema/schema.css"></head><body>'
        f"<header><h1>{_text(info['title'])} API <small>{_text(info['version'])}</small></h1>"
        f'<p>{_text(info["summary"])} <a href="/schema/openapi.json">OpenAPI document</a></p></header>'
        f'<nav><ul>{links}<li><a href="#shapes">Shapes</a></li></ul></nav>'
        f'<main>{"".join(parts)}<section id="shapes"><h2>Shapes</h2>{shapes}</section></main></body></html>'
    )


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> str:
    """Write one operation, folded."""
    parts = [f"<p><code>{_text(operation['operationId'])}</code></p>"]
    if parameters := operation.get("parameters"):
        rows = "".join(
            f"<tr><td><code>{_text(one['name'])}</code></td><td>{_text(one['in'])}</td>"
            f"<td>{'required' if one.get('required') else ''}</td><td>{_schema(one['schema'])}</td></tr>"
            for one in parameters
        )
        parts.append(f"<h4>Parameters</h4><table>{rows}</table>")
    if body := operation.get("requestBody"):
        parts.append(f"<h4>Body</h4>{_content(body['content'])}")
    rows = "".join(
        f"<tr><td>{_text(status)}</td><td>{_text(answer['description'])}</td>"
        f"<td>{_content(answer.get('content', {}))}</td></tr>"
        for status, answer in operation["responses"].items()
    )
    parts.append(f"<h4>Answers</h4><table>{rows}</table>")
    lock = "<small>(token)</small>" if {"bearer": []} in operation["security"] else ""
    return (
        f'<details id="{_anchor(operation["operationId"])}"><summary><b>{method}</b> <code>{_text(path)}</code> {lock} '
        f"<span>{_text(operation['summary'])}</span></summary>{''.join(parts)}</details>"
    )


def _content(content: Mapping[str, Any]) -> str:
    return "".join(
        f"<div><code>{_text(media)}</code> {_schema(form['schema'])}</div>" for media, form in content.items()
    )


def _schema(form: Mapping[str, Any]) -> str:
    """Write a schema in one line; a named shape is a link."""
    if ref := form.get("$ref"):
        name = ref.rpartition("/")[2]
        return f'<a href="#{_anchor(name)}">{_text(name)}</a>'
    for word in ("anyOf", "oneOf"):
        if word in form:
            return " or ".join(_schema(one) for one in form[word])
    if "allOf" in form:
        return _schema(form["allOf"][0])
    if "enum" in form:
        return " | ".join(f"<code>{_text(value)}</code>" for value in form["enum"])
    if form.get("type") == "array":
        return f"list of {_schema(form.get('items', {}))}"
    return _text(form.get("format") or form.get("type") or "anything")


def _shape(name: str, form: Mapping[str, Any]) -> str:
    """Write a named shape with its fields; one that narrows another leads to it."""
    required = set(form.get("required", ()))
    rows = "".join(
        f"<tr><td><code>{_text(field)}</code></td><td>{'' if field in required else 'optional'}</td>"
        f"<td>{_schema(kind)}</td></tr>"
        for field, kind in form.get("properties", {}).items()
    )
    told = f"A kind of {_schema(form)}." if "allOf" in form else _text(form.get("description", ""))
    return f'<h3 id="{_anchor(name)}">{_text(name)}</h3><p>{told}</p><table>{rows}</table>'


def _text(value: object) -> str:
    return html.escape(str(value))


def _anchor(name: str) -> str:
    return html.escape(name.replace(" ", "-"))
