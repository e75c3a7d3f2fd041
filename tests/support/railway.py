"""Railway's GraphQL and upload on loopback: projects, services, databases, deployments, and every way to fail."""

import gzip
import io
import json
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

GOOD = "railway-token"
BAD_ANSWERS = {
    "500": (500, b"{}"),
    "html": (200, b"<html>"),
    "401": (401, b"{}"),
    "403": (403, b"{}"),
    "404": (404, b"{}"),
    "429": (429, b"{}"),
}


class RailwayServer:
    """`trouble` is what goes wrong: "", a key of BAD_ANSWERS, `refused` (GraphQL errors), `crash` (of the app), `hang`,
    or `cut` (in the middle of an answer). `fails_at` is the field of a query that says no."""

    def __init__(self) -> None:
        self.trouble = self.fails_at = ""
        self.databases = Databases()
        self.released = threading.Event()
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
                if outer.trouble == "hang":
                    outer.released.wait(60)
                    return
                status, answer = outer._answer(self.path, self.headers["content-type"], body)
                self.send_response(status)
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer[: len(answer) // 2] if outer.trouble == "cut" else answer)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/graphql/v2"

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, path: str, kind: str, body: bytes) -> tuple[int, bytes]:
        if self.trouble in BAD_ANSWERS:
            return BAD_ANSWERS[self.trouble]
        if path == "/graphql/v2":
            if kind != "application/json":
                self.problems.append("content type")
            asked = json.loads(body)
            if self.trouble == "refused" or (self.fails_at and f"{self.fails_at}(" in asked["query"]):
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
        if (answer := self.databases.answer(query, given)) is not None:
            return answer
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
            known = {id_: one.get("name", "") for id_, one in self.projects.items()} | self.databases.projects
            return {"projects": edges(known.items())}
        services = [("s1", name) for one in self.projects.values() if (name := one.get("service"))]
        found = {"environments": edges([("e2", "staging"), ("e1", "production")]), "services": edges(services)}
        return {"project": found}


class Databases:
    """Services that run an image: with a volume, a start command and a public address. `names` are theirs by id."""

    def __init__(self) -> None:
        self.projects: dict[str, str] = {}
        self.services: dict[str, dict[str, Any]] = {}
        self.volumes: dict[str, dict[str, str]] = {}
        self._count = 0

    def answer(self, query: str, given: dict[str, Any]) -> Any:
        """Answer what is about databases, None to anything else."""
        wanted = given.get("input", {})
        if "projectCreate(" in query and str(wanted["name"]).startswith("app-"):
            self._count += 1
            self.projects[f"own{self._count}"] = wanted["name"]
            return {"projectCreate": {"id": f"own{self._count}"}}
        if "serviceCreate(" in query and "source" in wanted:
            self._count += 1
            self.services[f"db{self._count}"] = dict(wanted)
            return {"serviceCreate": {"id": f"db{self._count}"}}
        if "volumeCreate(" in query:
            self._count += 1
            self.volumes[f"v{self._count}"] = dict(wanted)
            return {"volumeCreate": {"id": f"v{self._count}"}}
        if "serviceInstanceUpdate(" in query and given["serviceId"] in self.services:
            self.services[given["serviceId"]]["start"] = wanted["startCommand"]
            return {"serviceInstanceUpdate": True}
        if "tcpProxyCreate(" in query:
            self.services[wanted["serviceId"]]["port"] = wanted["applicationPort"]
            return {"tcpProxyCreate": {"domain": "roundhouse.proxy.rlwy.net", "proxyPort": 12345}}
        if "serviceInstanceDeployV2(" in query:
            return {"serviceInstanceDeployV2": f"deployment-{given['serviceId']}"}
        return self._removed(query, given)

    def _removed(self, query: str, given: dict[str, Any]) -> Any:
        if "volumeDelete(" in query:
            del self.volumes[given["volumeId"]]
            return {"volumeDelete": True}
        if "serviceDelete(" in query:
            del self.services[given["id"]]
            return {"serviceDelete": True}
        if "projectDelete(" in query:
            del self.projects[given["id"]]
            self.services = {id_: one for id_, one in self.services.items() if one["projectId"] != given["id"]}
            self.volumes = {id_: one for id_, one in self.volumes.items() if one["projectId"] != given["id"]}
            return {"projectDelete": True}
        if "volumes {" in query:
            here = [(id_, one) for id_, one in self.services.items() if one["projectId"] == given["id"]]
            kept = [
                {"node": {"id": id_, "volumeInstances": {"edges": [{"node": {"serviceId": one["serviceId"]}}]}}}
                for id_, one in self.volumes.items()
            ]
            services = edges((id_, one["name"]) for id_, one in here)
            return {"project": {"environments": edges([("e1", "production")]), "services": services,
                                "volumes": {"edges": kept}}}  # fmt: skip
        return None


def edges(pairs: Any) -> Any:
    return {"edges": [{"node": {"id": id_, "name": name}} for id_, name in pairs]}
