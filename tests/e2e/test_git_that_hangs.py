"""A git that hangs in a repository holds up neither the server nor its end."""

import os
import shutil
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from tests.support.checkouts import make_repository
from tests.support.pipes import until_read
from tests.support.process import serving

REQUESTS = 40


def test_uploads_and_stopping_do_not_wait_for_a_git_that_hangs(tmp_path: Path) -> None:
    root, pipe, program = make_repository(tmp_path / "r", {"a.txt": "a\n"}), tmp_path / "pipe", tmp_path / "bin" / "git"
    os.mkfifo(pipe)
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\ncase "$*" in *diff*) exec cat {pipe};; *) exec {shutil.which("git")} "$@";; esac\n')
    program.chmod(0o755)
    settings = {"PATH": f"{program.parent}:{os.environ['PATH']}", "ASTERISM_PROJECT_ROOT": str(root)}
    with serving(tmp_path / "data", home=tmp_path, extra=settings) as server:
        code = server.wait_for(r"signin#(ast_l_\w+)$").group(1)
        with httpx.Client(base_url=server.url, timeout=60) as client, ThreadPoolExecutor(REQUESTS) as pool:
            token = client.post("/v1/auth/link", json={"code": code}).json()["access_token"]
            trust = {
                "projectId": client.get("/api/config/init").json()["project"]["projectId"],
                "repoRoot": str(root),
                "trustedAt": "2026-02-04T12:00:00.000Z",
                "capabilities": {"readFiles": True, "runCommands": False},
                "trustMode": "persistent",
            }
            assert client.post("/api/settings/trust", json=trust).status_code == 200
            hanging = [pool.submit(httpx.get, f"{server.url}/api/git/diff", timeout=60) for _ in range(REQUESTS)]
            end = until_read(pipe)
            hashes = {"hashes": ["0" * 64]}
            bearer = {"Authorization": f"Bearer {token}"}
            for _ in range(10):
                assert client.post("/v1/blobs/exists", json=hashes, headers=bearer).status_code == 200
            assert not any(one.done() for one in hanging)
            assert server.end(signal.SIGTERM) == 0, "40 requests of 30 seconds in 8 threads would have taken minutes"
            os.close(end)
