"""Serves a folder as it is: a program of its own, run inside the sandbox as `static_server.py FOLDER PORT`.

Nothing outside the folder is served, links included; a folder shows its `index.html` and no listing. It imports nothing
but the standard library: inside a sandbox there is nothing else.
"""

import os
import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit


class Handler(SimpleHTTPRequestHandler):
    """Files of one folder."""

    protocol_version = "HTTP/1.1"
    root: Path

    def translate_path(self, path: str) -> str:
        """Return the file of a request; one outside the folder, hidden or missing is none at all."""
        parts = [part for part in unquote(urlsplit(path).path, errors="surrogateescape").split("/") if part]
        if any(part in (".", "..") or part.startswith(".") or "\0" in part for part in parts if part != ".well-known"):
            return ""
        found = Path(os.path.realpath(self.root.joinpath(*parts)))
        return str(found) if found.is_relative_to(self.root) else ""

    def send_head(self) -> Any:
        """Answer 404 for what is none, and never list a folder."""
        path = self.translate_path(self.path)
        if not path or (os.path.isdir(path) and not os.path.isfile(os.path.join(path, "index.html"))):
            self.send_error(404)
            return None
        return super().send_head()

    def end_headers(self) -> None:
        """Let browsers ask again: the next version stands behind the same address."""
        self.send_header("Cache-Control", "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def version_string(self) -> str:
        """Say who serves."""
        return "asterism"

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing of requests that went well."""


class Server(ThreadingHTTPServer):
    """Many requests at once."""

    daemon_threads = True
    request_queue_size = 128


def main(folder: str, port: int) -> None:
    """Serve until the sandbox ends."""
    Handler.root = Path(os.path.realpath(folder))
    Server(("127.0.0.1", port), Handler).serve_forever(poll_interval=3600)  # nobody asks it to stop but the sandbox


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
