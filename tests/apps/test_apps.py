"""The example apps: each is found for what it is; those that need no network are deployed, changed and crashed.

All of them, with real packages, are deployed by `make test-apps`.
"""

import threading

import httpx
import pytest

from asterism.features.operations.detection import Source, detect
from tests.apps import EXAMPLES, Example
from tests.support.deploying import Place, answer_of, has_node, until
from tests.support.trees import ok, push

NODE = pytest.mark.skipif(not has_node(), reason="there is no Node; make console brings one")
OFFLINE = [
    pytest.param(one, id=one.name, marks=[NODE] if one.needs == "node" else []) for one in EXAMPLES if one.offline
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one.name)
def test_an_example_is_known_for_what_it_is(example: Example) -> None:
    tree = example.tree()
    needs = detect(Source({path: len(content) for path, content in tree.items()}, tree.get)).requirements
    recipe = needs.recipe
    assert (needs.runtime, recipe.package_manager, recipe.start) == (example.runtime, example.manager, example.start)
    assert recipe.output == example.output


@pytest.mark.parametrize("example", OFFLINE)
def test_an_example_is_deployed_updated_crashed_and_rolled_back(alice: httpx.Client, example: Example) -> None:
    place = Place(alice, example.tree())
    first = place.deploy()
    assert first["success"], first["error"]
    url = first["url"]
    assert "first version" in answer_of(url)
    statuses, ended = list[int](), threading.Event()

    def ask() -> None:
        while not ended.is_set():
            statuses.append(httpx.get(url, trust_env=False, timeout=30).status_code)

    crowd = threading.Thread(target=ask)
    crowd.start()
    try:
        push(alice, place.project, place.workspace, example.changed())
        assert place.deploy()["success"]
        until(lambda: "second version" in answer_of(url))
    finally:
        ended.set()
        crowd.join()
    assert set(statuses) == {200}
    if example.crashes:
        with pytest.raises(httpx.HTTPError):
            httpx.get(f"{url}/crash", trust_env=False, timeout=30)
        until(lambda: _answers(url))
    ok(alice.post(f"/v1/infrastructure/deployments/{first['deployment_id']}/rollback"))
    until(lambda: _answers(url, "first version"))


def _answers(url: str, text: str = "second version") -> bool:
    try:
        return text in answer_of(url)
    except httpx.HTTPError:
        return False
