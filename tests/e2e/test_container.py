"""What `compose.yaml` and the Dockerfile say, done here without containers: the same variables, commands and check."""

import json
import re
import shlex
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import yaml

from tests.architecture.source import ROOT
from tests.support.databases import drop_postgres, fresh_postgres_url
from tests.support.process import ASTERISM, clean_environment, serving
from tests.support.s3 import S3Server
from tests.support.trees import make_project, make_workspace, push


def instruction(name: str) -> str:
    """Return what the last instruction of that name in the Dockerfile says, its lines joined."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    return re.findall(rf"^{name} (.*)$", text, re.MULTILINE)[-1].strip()


def environment(database: str, s3: S3Server) -> dict[str, str]:
    """Return the variables of the server's container, with addresses of this machine in place of the containers'."""
    image = dict(pair.split("=", 1) for pair in shlex.split(instruction("ENV")))
    composed = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["asterism"]["environment"]
    named = {name: re.sub(r"\$\{\w+:?[-?]([^}]*)\}", r"\1", value) for name, value in composed.items()}
    assert urlsplit(named["ASTERISM_DATABASE_URL"]).hostname == "database"
    assert named["ASTERISM_OBJECT_STORE"] == "s3://asterism/content"
    here = {
        **s3.environment,
        "ASTERISM_DATABASE_URL": database,
        "ASTERISM_OBJECT_STORE": f"s3://{s3.bucket()}/content",
    }
    return {name: value for name, value in {**image, **named, **here}.items() if name != "PATH"}


def test_the_container_serves_is_healthy_and_lets_somebody_in(tmp_path: Path, s3: S3Server) -> None:
    database, data = fresh_postgres_url(), tmp_path / "data"
    data.mkdir(mode=0o700)
    extra = {**environment(database, s3), "ASTERISM_DATA_DIR": str(data)}
    assert [json.loads(instruction("ENTRYPOINT")), json.loads(instruction("CMD"))] == [["asterism"], ["serve"]]
    with serving(data, home=tmp_path, extra=extra) as server:
        check = json.loads(instruction("HEALTHCHECK").partition("CMD ")[2])
        check[-1] = check[-1].replace("127.0.0.1:3000", f"127.0.0.1:{server.port}")
        told = subprocess.run(
            [ASTERISM[0], *check[1:]], env=clean_environment(tmp_path), capture_output=True, text=True, timeout=60
        )
        assert (told.returncode, told.stderr) == (0, "")
        link = asterism_in(extra, tmp_path, "user", "link", "owner@localhost")
        assert link.startswith("http://localhost:3000/signin#")
        code = link.partition("#")[2].strip()
        with httpx.Client(base_url=server.url, trust_env=False, timeout=60) as client:
            signed_in = client.post("/v1/auth/link", json={"code": code.rpartition("=")[2]})
            assert signed_in.status_code == 200, signed_in.text
            client.headers["Authorization"] = f"Bearer {signed_in.json()['access_token']}"
            project = make_project(client)
            assert push(client, project, make_workspace(client, project), {"a": b"in a bucket"})["id"]
    drop_postgres(database)


def asterism_in(extra: dict[str, str], home: Path, *arguments: str) -> str:
    """Run a command as `docker compose exec asterism` does, with the container's variables."""
    done = subprocess.run(
        [*ASTERISM, *arguments],
        env=clean_environment(home, extra),
        cwd=home,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
