"""The example apps of `tests/apps` with real packages: deployed, updated under load, crashed, rolled back."""

import os
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from bench.deployments import App, Crowd
from bench.report import Report
from bench.servers import serving
from tests.apps import EXAMPLES, Example

TITLE = "example apps with their packages"
SECONDS, BUILD_SECONDS = 300.0, 1_200.0
_CERTIFICATES = ("PIP_CERT", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS")
"""What names the certificates of a network that looks into its traffic; installs in the sandbox have to know too."""


def run() -> Report:
    """Take every app through its life and report."""
    report = Report()
    settings = {"ASTERISM_SANDBOX": "auto", "ASTERISM_DEPLOY_NETWORK": "open"}
    with serving(settings=settings) as server, server.client() as client:
        client.timeout = httpx.Timeout(1_200)
        rows = [[example.name, *_lived(client, example)] for example in EXAMPLES]
    report.table(["", "first deployment", "again, changed", "requests meanwhile", "after a crash", "rolled back"], rows)
    report.note("Packages come from their registries; what a machine has no program for is found, and not deployed.")
    return report


def _lived(client: httpx.Client, example: Example) -> list[str]:
    if example.needs and not _has(example.needs):
        return [f"no {example.needs} here", "", "", "", ""]
    started = time.perf_counter()
    try:
        app = App(client, example.tree(), {name: os.environ[name] for name in _CERTIFICATES if name in os.environ})
    except RuntimeError as error:
        return [f"failed: {error}", "", "", "", ""]
    first = time.perf_counter() - started
    if not _until(lambda: _says(app.url, "first version")):
        return ["does not answer", "", "", "", ""]
    deployed = _deployments(client, app)[0]["id"]
    app.change(example.changed())
    started = time.perf_counter()
    with Crowd(app.url) as crowd:
        try:
            app.deploy()
        except RuntimeError as error:
            return [f"{first:.1f} s", f"failed: {error}", "", "", ""]
        again = time.perf_counter() - started
        changed = _until(lambda: _says(app.url, "second version"))
    back = _after_crash(app.url) if example.crashes else "no process"
    lost = f"{crowd.asked:,}, {crowd.failed} failed"
    return [
        f"{first:.1f} s",
        f"{again:.1f} s" if changed else "old text",
        lost,
        back,
        _rolled_back(client, app, deployed),
    ]


def _rolled_back(client: httpx.Client, app: App, deployment_id: str) -> str:
    """Go back to a deployment, and say how long that took: what is built is built again."""
    started = time.perf_counter()
    client.post(f"/v1/infrastructure/deployments/{deployment_id}/rollback").raise_for_status()
    if not _until(lambda: _deployments(client, app)[0]["status"] != "deploying", BUILD_SECONDS):
        return f"not within {BUILD_SECONDS:g} s"
    newest = _deployments(client, app)[0]
    if newest["status"] != "success":
        return f"failed: {newest['error']}"
    took = time.perf_counter() - started
    return f"after {took:.1f} s" if _until(lambda: _says(app.url, "first version")) else "new text"


def _has(program: str) -> bool:
    """Tell whether a program is on the machine; the stand-ins of rustup are none, they need a home to choose from."""
    found = shutil.which(program)
    return found is not None and Path(os.path.realpath(found)).name != "rustup"


def _deployments(client: httpx.Client, app: App) -> Any:
    return client.get(f"/v1/infrastructure/workspaces/{app.main}/deployments").raise_for_status().json()["deployments"]


def _after_crash(url: str) -> str:
    started = time.perf_counter()
    with suppress(httpx.HTTPError):
        httpx.get(f"{url}/crash", trust_env=False, timeout=30)
    answers = _until(lambda: _says(url, "second version"))
    return f"answers after {time.perf_counter() - started:.1f} s" if answers else "stays away"


def _says(url: str, text: str) -> bool:
    try:
        return text in httpx.get(url, trust_env=False, timeout=30).text
    except httpx.HTTPError:
        return False


def _until(look: Callable[[], bool], seconds: float = SECONDS) -> bool:
    end = time.monotonic() + seconds
    while not look():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True
