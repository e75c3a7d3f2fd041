"""What a model adds to a detection that is not sure (Fastest 10.4): gaps, and nothing else."""

import json

import pytest

from asterism.features.operations.detection import Database, Runtime, detect, filled, question
from tests.features.operations.detection.apps import package
from tests.features.operations.detection.test_detect import source

STRANGE = {"Makefile": "run:\n\tgnatmake main.adb && ./main\n", "main.adb": "", "README.md": "x" * 9_000}


def answer(**said):
    members = ("runtime", "runtime_version", "framework", "package_manager", "install", "build", "start", "output")
    return dict.fromkeys(members) | {"databases": [], "needs_storage": False} | said


def test_a_model_fills_what_the_rules_left_open():
    found = filled(
        detect(source(STRANGE)),
        answer(runtime="docker", start="./main", build="gnatmake main.adb", output="site", databases=["redis"]),
    )
    needs = found.requirements
    assert (needs.runtime, needs.recipe.start, needs.recipe.output) == (Runtime.DOCKER, "./main", "site")
    assert needs.databases == (Database.REDIS,)
    assert (found.by_model, found.confidence) == (True, 0.0)


def test_a_model_changes_nothing_that_the_rules_found():
    files = {"package.json": package({"start": "node a.js"}, ["express", "pg"]), "go.mod": "module x", "a.py": ""}
    known = detect(source(files))
    said = answer(runtime="go", framework="gin", start="rm -rf /", databases=["mysql"], package_manager="pnpm")
    assert filled(known, said) == known


@pytest.mark.parametrize(
    "said",
    [
        None,
        {},
        answer(runtime="cobol", framework="React App!", runtime_version="$(id)", package_manager=5),
        answer(start="a\0b", build=["make"], install="x" * 2_001, output="../../etc"),
        answer(databases="redis", needs_storage="yes", output="/etc"),
    ],
)
def test_nonsense_adds_nothing(said):
    known = detect(source(STRANGE))
    assert filled(known, said) is known


def test_a_model_is_asked_only_where_the_rules_are_not_sure():
    assert question(source({}), detect(source({}))) is None
    sure = source({"package.json": package({"start": "a"}, ["express"])})
    assert question(sure, detect(sure)) is None
    unsure = source(STRANGE)
    asked = question(unsure, detect(unsure))
    assert asked is not None
    data = json.loads(asked.data)
    assert data["paths"] == ["Makefile", "README.md", "main.adb"]
    assert "gnatmake" in data["files"]["Makefile"]
    assert len(data["files"]["README.md"]) == 4_000
