"""A sign-in provider on loopback: real keys, a real key set over HTTP, tokens made to order."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from joserfc import jwk, jwt


class Issuer:
    """Serves `/jwks` and the discovery document; `token()` signs what a test asks for."""

    def __init__(self) -> None:
        self.key: Any = jwk.RSAKey.generate_key(2048, {"kid": "key-1", "use": "sig", "alg": "RS256"})
        self.fetched = 0
        self.down = False
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.fetched += 1
                body = json.dumps(issuer.document(self.path)).encode()
                self.send_response(503 if issuer.down else 200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> "Issuer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def jwks_url(self) -> str:
        return f"{self.url}/jwks"

    def document(self, path: str) -> dict[str, Any]:
        if path == "/jwks":
            return {"keys": [self.key.as_dict(private=False)]}
        return {"issuer": self.url, "jwks_uri": self.jwks_url}

    def token(self, *, alg: str = "RS256", **claims: Any) -> str:
        """Return a signed token that is fine but for what `claims` change."""
        now = int(time.time())
        payload = {
            "iss": "https://accounts.google.com",
            "aud": "our-client",
            "sub": "1234",
            "iat": now,
            "exp": now + 600,
            "email": "ada@example.org",
            "email_verified": True,
            "name": "Ada",
            **claims,
        }
        return jwt.encode({"alg": alg, "kid": self.key.kid}, payload, self.key, algorithms=[alg])
