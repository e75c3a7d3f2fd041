"""What every adapter of hosting providers promises; the real ones speak to loopback servers."""

import asyncio
from collections.abc import Iterator

import pytest

from asterism.kernel.clouds import Cloud, Clouds, CloudUnreachable, HttpClouds, MemoryClouds, TokenRefused
from tests.support.clouds import GOOD, CloudServer


@pytest.fixture
def cloud_server() -> Iterator[CloudServer]:
    server = CloudServer()
    yield server
    server.close()


def real(server: CloudServer, deadline: float = 10) -> HttpClouds:
    return HttpClouds(**{name.replace("_base", ""): url for name, url in server.settings.items()}, deadline=deadline)


@pytest.fixture(params=["memory", "http"])
def clouds(request: pytest.FixtureRequest, cloud_server: CloudServer) -> Clouds:
    return MemoryClouds({GOOD}) if request.param == "memory" else real(cloud_server)


@pytest.mark.parametrize("cloud", Cloud)
def test_a_good_token_passes_and_another_is_refused(clouds: Clouds, cloud: Cloud) -> None:
    asyncio.run(clouds.check(cloud, GOOD))
    with pytest.raises(TokenRefused):
        asyncio.run(clouds.check(cloud, "other"))


@pytest.mark.parametrize("cloud", Cloud)
@pytest.mark.parametrize("trouble", ["html", "500", "redirect"])
def test_what_cannot_be_understood_is_no_verdict(cloud_server: CloudServer, cloud: Cloud, trouble: str) -> None:
    cloud_server.trouble = trouble
    with pytest.raises(CloudUnreachable):
        asyncio.run(real(cloud_server).check(cloud, GOOD))
    assert len(cloud_server.calls) == 1  # a redirect is not followed: the token stays where it belongs


@pytest.mark.parametrize("cloud", Cloud)
def test_an_answer_of_a_mebibyte_is_read(cloud_server: CloudServer, cloud: Cloud) -> None:
    cloud_server.size = 1 << 20
    asyncio.run(real(cloud_server).check(cloud, GOOD))
    cloud_server.size += 1
    with pytest.raises(CloudUnreachable):
        asyncio.run(real(cloud_server).check(cloud, GOOD))


def test_a_provider_that_hangs_is_given_up(cloud_server: CloudServer) -> None:
    cloud_server.trouble = "hang"
    with pytest.raises(CloudUnreachable):
        asyncio.run(real(cloud_server, deadline=0.2).check(Cloud.RAILWAY, GOOD))


def test_a_provider_that_is_down_is_unreachable() -> None:
    nowhere = HttpClouds(cloudflare_url="http://127.0.0.1:9", railway_url="http://127.0.0.1:9")
    with pytest.raises(CloudUnreachable):
        asyncio.run(nowhere.check(Cloud.CLOUDFLARE, GOOD))


def test_a_disabled_token_is_refused(cloud_server: CloudServer) -> None:
    cloud_server.trouble = "disabled"
    with pytest.raises(TokenRefused):
        asyncio.run(real(cloud_server).check(Cloud.CLOUDFLARE, GOOD))
