"""Cloudflare's API v4 on loopback, as wrangler and R2 use it: Workers, secrets, buckets, and every way to fail."""

import json
import threading
from collections.abc import Mapping
from contextlib import suppress
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

GOOD = "good-token"
TOKEN_ID = "token-id"
ACCOUNT = "acc1"
BASE = "/client/v4"
FAILURES: Final[Mapping[str, tuple[int, bytes]]] = {
    "401": (401, b'{"success":false,"errors":[{"code":10000,"message":"Authentication error"}],"result":null}'),
    "403": (403, b'{"success":false,"errors":[{"code":9109,"message":"Unauthorized to access"}],"result":null}'),
    "404": (404, b"{}"),
    "429": (429, b'{"success":false,"errors":[{"code":971,"message":"Please wait"}],"result":null}'),
    "500": (500, b"{}"),
    "html": (200, b"<html>maintenance</html>"),
}


class Refused(Exception):
    """An answer without success: status, code and message."""


class CloudflareServer:
    """`trouble` is what goes wrong: "", a key of FAILURES, `cut` (in the middle of an answer) or `hang`."""

    def __init__(self) -> None:
        self.trouble = ""
        self.workers: dict[str, dict[str, Any]] = {}
        self.buckets: dict[str, list[str]] = {}
        self.problems: list[str] = []
        self.asked: list[tuple[str, str]] = []
        self.released = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one_request(self) -> None:
                with suppress(OSError):
                    super().handle_one_request()

            def _take(self) -> None:
                outer._take(self, self.rfile.read(int(self.headers.get("content-length") or 0)))

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _take

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}{BASE}"

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

    def _take(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        path = handler.path.partition("?")[0].removeprefix(BASE)
        self.asked.append((handler.command, path))
        if handler.headers["authorization"] != f"Bearer {GOOD}":
            self.problems.append("token")
        if self.trouble == "hang":
            self.released.wait(60)
            handler.close_connection = True
            return
        status, answer = FAILURES.get(self.trouble) or self._answered(handler.command, path, handler.headers, body)
        handler.send_response(status)
        handler.send_header("content-type", "application/json")
        handler.send_header("content-length", str(len(answer)))
        handler.end_headers()
        if self.trouble == "cut":
            handler.wfile.write(answer[: len(answer) // 2])
            handler.close_connection = True
            return
        handler.wfile.write(answer)

    def _answered(self, method: str, path: str, headers: Message, body: bytes) -> tuple[int, bytes]:
        try:
            found: Any = {
                "success": True,
                "errors": [],
                "messages": [],
                "result": self._do(method, path, headers, body),
            }
            status = 200
        except Refused as refused:
            status, code, message = refused.args
            found = {"success": False, "errors": [{"code": code, "message": message}], "messages": [], "result": None}
        return status, json.dumps(found).encode()

    def _do(self, method: str, path: str, headers: Message, body: bytes) -> Any:
        if (method, path) == ("GET", "/user/tokens/verify"):
            return {"id": TOKEN_ID, "status": "active"}
        place, _, rest = path.removeprefix("/accounts/").partition("/")
        if place != ACCOUNT:
            raise Refused(403, 9109, "Unauthorized to access requested resource")
        kind, _, rest = rest.partition("/")
        if kind == "workers":
            return self._worker(method, rest.split("/"), headers, body)
        if kind == "r2":
            return self._bucket(method, rest.split("/"), headers, body)
        raise Refused(404, 7003, "No route")

    def _worker(self, method: str, parts: list[str], headers: Message, body: bytes) -> Any:
        match method, *parts:
            case "GET", "services", name:
                self._known(name)
                return {"default_environment": {"script": {"tag": "t1", "last_deployed_from": "wrangler"}}}
            case "GET", "subdomain":
                return {"subdomain": "me"}
            case "GET", "workers", name:
                self._known(name)
                return {"id": "t1", "name": name, "subdomain": {"enabled": True, "previews_enabled": True}}
            case ("PUT", "scripts", name) | ("POST", "scripts", name, "versions"):
                secrets = self.workers.get(name, {}).get("secrets", {})
                self.workers[name] = {**_uploaded(headers, body), "secrets": secrets}
                return {"id": name, "tag": "t1", "etag": "e", "deployment_id": "d1", "startup_time_ms": 1} | {
                    "resources": {"script": {"etag": "e"}}
                }
            case "GET", "scripts", name, "secrets":
                return [{"name": key, "type": "secret_text"} for key in self._known(name)["secrets"]]
            case "PATCH", "scripts", name, "secrets-bulk":
                if headers["content-type"] != "application/merge-patch+json":
                    self.problems.append("content type of secrets")
                given = json.loads(body)["secrets"]
                self._known(name)["secrets"] |= {key: one["text"] for key, one in given.items()}
                return []
            case _, "scripts", name, "subdomain" | "settings" | "script-settings":
                self._known(name)
                return {"enabled": True, "previews_enabled": True, "bindings": []}
            case _, "scripts", name, "deployments":
                self._known(name)
                return {"deployments": []}
        raise Refused(404, 7003, f"No route for {method} {'/'.join(parts)}")

    def _known(self, name: str) -> dict[str, Any]:
        if name not in self.workers:
            raise Refused(404, 10007, "This Worker does not exist on your account.")
        return self.workers[name]

    def _bucket(self, method: str, parts: list[str], headers: Message, body: bytes) -> Any:
        match method, *parts:
            case "POST", "buckets":
                if headers["content-type"] != "application/json":
                    self.problems.append("content type of a bucket")
                name = json.loads(body)["name"]
                if name in self.buckets:
                    raise Refused(409, 10004, "The bucket you tried to create already exists, and you own it.")
                self.buckets[name] = []
                return {"name": name, "creation_date": "2026-01-01T00:00:00.000Z", "location": "WEUR"}
            case "DELETE", "buckets", name:
                if name not in self.buckets:
                    raise Refused(404, 10006, "The specified bucket does not exist.")
                if self.buckets[name]:
                    raise Refused(409, 10008, "The bucket you tried to delete is not empty.")
                del self.buckets[name]
                return {}
        raise Refused(404, 7003, f"No route for {method} {'/'.join(parts)}")


def _uploaded(headers: Message, body: bytes) -> dict[str, Any]:
    """Return what a Worker was uploaded as: its metadata, and its modules by name."""
    head = f"content-type: {headers['content-type']}\r\n\r\n".encode()
    parts = {
        str(part.get_param("name", header="content-disposition")): part.get_payload(decode=True)
        for part in BytesParser(policy=HTTP).parsebytes(head + body).walk()
        if not part.is_multipart()
    }
    return {"metadata": json.loads(parts.pop("metadata")), "modules": parts}
