"""Railway's API as it is documented, and when it is not itself."""

import asyncio
from collections.abc import Iterator

import pytest

from asterism.kernel.clouds import CloudFailed, Railway, RailwayPlace
from tests.support.railway import GOOD, RailwayServer


@pytest.fixture
def server() -> Iterator[RailwayServer]:
    running = RailwayServer()
    yield running
    running.close()


def test_a_service_is_found_by_its_name_or_made(server: RailwayServer) -> None:
    railway = Railway(server.url, GOOD)
    made = asyncio.run(railway.place_for("shop", None))
    assert made == RailwayPlace("p1", "e1", "s1")
    assert server.projects == {"p1": {"name": "shop", "service": "shop"}}
    assert asyncio.run(railway.place_for("shop", None)) == made
    assert asyncio.run(railway.domain_of(made)) == asyncio.run(railway.domain_of(made)) == "app.up.railway.app"
    assert server.problems == []
    assert GOOD not in repr(railway)


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        ("500", "status 500"),
        ("html", "nothing readable"),
        ("401", "store the credential anew"),
        ("429", "too many requests"),
        ("refused", "Railway said: Not Authorized"),
    ],
)
def test_what_it_refuses_is_told(server: RailwayServer, trouble: str, error: str) -> None:
    server.trouble = trouble
    with pytest.raises(CloudFailed, match=error):
        asyncio.run(Railway(server.url, GOOD).status_of("d1"))


def test_what_is_not_there_does_not_answer() -> None:
    with pytest.raises(CloudFailed, match="does not answer"):
        asyncio.run(Railway("http://127.0.0.1:9/graphql/v2", GOOD).status_of("d1"))
