"""The management APIs of Cloudflare and Railway on loopback, with their own envelopes, and every way to fail."""

import json
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

GOOD = "good-token"


class CloudServer:
    """Both providers; `trouble` is how they answer: "" as they should, else what goes wrong.

    Blanks make an answer as long as `size`.
    """

    def __init__(self) -> None:
        self.trouble = ""
        self.size = 0
        self.calls: list[tuple[str, str, str | None, bytes]] = []
        self.released = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer._answer(self, b"")

            def do_POST(self) -> None:
                outer._answer(self, self.rfile.read(int(self.headers["content-length"])))

            def do_PUT(self) -> None:
                outer._answer(self, self.rfile.read(int(self.headers["content-length"])))

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.settings = {
            "cloudflare_base_url": f"{self.url}/client/v4",
            "railway_base_url": f"{self.url}/graphql/v2",
        }

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        given = handler.headers["authorization"]
        self.calls.append((handler.command, handler.path, given, body))
        if self.trouble == "hang":
            self.released.wait(60)
            return
        if self.trouble == "html":
            self._send(handler, 200, b"<html>maintenance</html>")
        elif self.trouble == "500":
            self._send(handler, 500, b"{}")
        elif self.trouble == "redirect":
            handler.send_response(302)
            handler.send_header("location", f"{self.url}/elsewhere")
            handler.end_headers()
        elif (handler.path == "/client/v4/user/tokens/verify" and handler.command == "GET") or (
            handler.path.startswith("/client/v4/accounts/") and handler.command == "PUT"
        ):
            self._cloudflare(handler, given == f"Bearer {GOOD}")
        elif handler.path == "/graphql/v2" and handler.command == "POST":
            self._railway(handler, given == f"Bearer {GOOD}" and b"me" in body)
        else:
            self._send(handler, 404, b"{}")

    def _cloudflare(self, handler: BaseHTTPRequestHandler, good: bool) -> None:
        status = "disabled" if self.trouble == "disabled" else "active"
        if good:
            answer = {"success": True, "errors": [], "messages": [], "result": {"id": "1", "status": status}}
            self._send(handler, 200, json.dumps(answer).encode())
        else:
            problem = {"code": 1000, "message": "Invalid API Token"}
            self._send(handler, 401, json.dumps({"success": False, "errors": [problem], "result": None}).encode())

    def _railway(self, handler: BaseHTTPRequestHandler, good: bool) -> None:
        if good:
            self._send(handler, 200, json.dumps({"data": {"me": {"id": "u1"}}}).encode())
        else:  # GraphQL says no with status 200
            answer = {"errors": [{"message": "Not Authorized"}], "data": None}
            self._send(handler, 200, json.dumps(answer).encode())

    def _send(self, handler: BaseHTTPRequestHandler, status: int, body: bytes) -> None:
        body = body.ljust(self.size)
        handler.send_response(status)
        handler.send_header("content-type", "application/json")
        handler.send_header("content-length", str(len(body)))
        handler.end_headers()
        with suppress(OSError):  # whoever has read enough hangs up
            handler.wfile.write(body)
