"""The recipe "Adding a route" of CONTRIBUTING.md, followed in a copy of the source: a running server has the route."""

import json
import shutil
from pathlib import Path

import httpx
import pytest

from tests.architecture.source import ROOT
from tests.support.process import asterism, serving

USE_CASE = '''

def count_projects(tx: Tx, caller: Caller) -> int:
    """Return how many projects the caller has."""
    return store.count_live(tx, caller.user_id)
'''
HANDLER = '''"""`/v1/tallies`: how many things somebody has."""

import msgspec

from asterism.base.errors import Invalid
from asterism.faces.v1.call import Call, get
from asterism.features.versions import projects


class TallyQuery(msgspec.Struct):
    """What to count on top."""

    plus: int = 0


class Tally(msgspec.Struct):
    """How many there are."""

    projects: int


@get("/v1/tallies", errors=(Invalid,))
def read(call: Call, query: TallyQuery) -> Tally:
    """GET /v1/tallies: count the caller's projects."""
    return Tally(projects.count_projects(call.tx, call.caller) + query.plus)
'''


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text()
    assert before in text, f"{path.name} has no {before!r} any more: the recipe says otherwise"
    path.write_text(text.replace(before, after, 1))


def follow(source: Path) -> None:
    """Do what the recipe says, step by step."""
    feature, face = source / "features" / "versions" / "projects", source / "faces" / "v1"
    with (feature / "service.py").open("a") as service:  # 1: the use case
        service.write(USE_CASE)
    with (feature / "__init__.py").open("a") as root:
        root.write("\nfrom asterism.features.versions.projects.service import count_projects  # noqa: E402\n")
    (face / "tallies.py").write_text(HANDLER)  # 2: the handler, in the module of its path
    edit(face / "endpoints.py", "from asterism.faces.v1 import (\n", "from asterism.faces.v1 import (\n    tallies,\n")
    edit(face / "endpoints.py", "MODULES = (\n", "MODULES = (\n    tallies,\n")  # 3: its face knows the module
    edit(face / "description.py", "TAGS = {\n", 'TAGS = {\n    "tallies": "How many there are.",\n')


@pytest.mark.slow
def test_a_route_made_by_the_recipe_is_served(tmp_path: Path) -> None:
    copy, data = tmp_path / "src", tmp_path / "data"
    shutil.copytree(ROOT / "src", copy, ignore=shutil.ignore_patterns("__pycache__"))
    follow(copy / "asterism")
    extra = {"PYTHONPATH": str(copy)}
    with serving(data, home=tmp_path, extra=extra) as server:
        made = asterism("token", "create", "--data-dir", str(data), "--json", home=tmp_path, extra=extra)
        headers = {"Authorization": f"Bearer {json.loads(made.stdout)['access_token']}"}
        with httpx.Client(base_url=server.url, headers=headers, timeout=60, trust_env=False) as client:
            client.post("/v1/projects", json={"name": "p"})
            answers = [client.get(f"/v1/tallies{query}") for query in ("", "?plus=2", "?plus=x")]
            anonymous = client.get("/v1/tallies", headers={"Authorization": ""})
            document = client.get("/schema/openapi.json").json()
    assert [answer.status_code for answer in answers] == [200, 200, 422]
    assert [answer.json() for answer in answers[:2]] == [{"projects": 1}, {"projects": 3}]
    assert anonymous.status_code == 401
    described = document["paths"]["/v1/tallies"]["get"]
    assert [one["name"] for one in described["parameters"] if one["in"] == "query"] == ["plus"]
    assert {"200", "401", "422"} <= set(described["responses"])
    way = asterism("routes", "tallies", "--json", home=tmp_path, extra=extra)
    (route,) = json.loads(way.stdout)["routes"]
    assert [one.split(" ")[1] for one in route["use_cases"]] == ["count_projects"]
    assert [one.split(" ")[1] for one in route["stores"]] == ["count_live"]


def test_the_recipe_names_what_was_done_here() -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text()
    recipe = guide[guide.index("## Adding a route") : guide.index("## Adding a setting")]
    for named in ("`service.py`", "`call.py`", "`query`", "`errors`", "`MODULES`", "`TAGS`", "METHOD /path"):
        assert named in recipe
