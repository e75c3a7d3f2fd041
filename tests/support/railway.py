"""Railway's GraphQL and upload on loopback: projects, services, variables, deployments, and every way to fail."""

import gzip
import io
import json
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

GOOD = "railway-token"
BAD_ANSWERS = {"500": (500, b"{}"), "html": (200, b"<html>"), "401": (401, b"{}"), "429": (429, b"{}")}


class RailwayServer:
    """`trouble` is what goes wrong: "", a key of BAD_ANSWERS, `refused` (GraphQL errors), or `crash` (of the app)."""

    def __init__(self) -> None:
        self.trouble = ""
        self.projects: dict[str, dict[str, str]] = {}
        self.variables: dict[str, str] = {}
        self.commands: dict[str, Any] = {}
        self.files: dict[str, bytes] = {}
        self.domains: list[str] = []
        self.problems: list[str] = []
        self._looks = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                if self.headers["authorization"] != f"Bearer {GOOD}":
                    outer.problems.append("token")
                status, answer = outer._answer(self.path, self.headers["content-type"], body)
                self.send_response(status)
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/graphql/v2"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, path: str, kind: str, body: bytes) -> tuple[int, bytes]:
        if self.trouble in BAD_ANSWERS:
            return BAD_ANSWERS[self.trouble]
        if path == "/graphql/v2":
            if kind != "application/json":
                self.problems.append("content type")
            asked = json.loads(body)
            if self.trouble == "refused":
                return 200, json.dumps({"errors": [{"message": "Not Authorized"}], "data": None}).encode()
            return 200, json.dumps({"data": self._graphql(asked["query"], asked.get("variables", {}))}).encode()
        if path == "/project/p1/environment/e1/up?serviceId=s1":
            with tarfile.open(fileobj=io.BytesIO(gzip.decompress(body))) as packed:
                members = [one for one in packed.getmembers() if one.isfile()]
                self.files = {one.name: (packed.extractfile(one) or io.BytesIO()).read() for one in members}
            self._looks = 0
            return 200, json.dumps({"deploymentId": "d1", "url": "x", "logsUrl": "x"}).encode()
        return 404, b"{}"

    def _graphql(self, query: str, given: dict[str, Any]) -> Any:
        wanted = given.get("input", {})
        if "projectCreate(" in query:
            self.projects["p1"] = {"name": wanted["name"]}
            return {"projectCreate": {"id": "p1"}}
        if "serviceCreate(" in query:
            self.projects.setdefault(wanted["projectId"], {})["service"] = wanted["name"]
            return {"serviceCreate": {"id": "s1"}}
        if "variableCollectionUpsert(" in query:
            self.variables = wanted["variables"]
            return {"variableCollectionUpsert": True}
        if "serviceInstanceUpdate(" in query:
            self.commands = wanted
            return {"serviceInstanceUpdate": True}
        if "serviceDomainCreate(" in query:
            self.domains.append("app.up.railway.app")
            return {"serviceDomainCreate": {"domain": self.domains[-1]}}
        return self._read(query)

    def _read(self, query: str) -> Any:
        if "buildLogs(" in query:
            return {"buildLogs": [{"message": f"step {number}"} for number in range(self._looks)]}
        if "deployment(" in query:
            self._looks += 1
            last = "CRASHED" if self.trouble == "crash" else "SUCCESS"
            return {"deployment": {"status": "BUILDING" if self._looks < 2 else last}}
        if "domains(" in query:
            return {"domains": {"serviceDomains": [{"domain": name} for name in self.domains]}}
        if "me {" in query:
            return {"me": {"id": "u1"}}
        if "projects {" in query:
            return {"projects": edges((id_, one.get("name", "")) for id_, one in self.projects.items())}
        services = [("s1", name) for one in self.projects.values() if (name := one.get("service"))]
        found = {"environments": edges([("e2", "staging"), ("e1", "production")]), "services": edges(services)}
        return {"project": found}


def edges(pairs: Any) -> Any:
    return {"edges": [{"node": {"id": id_, "name": name}} for id_, name in pairs]}
