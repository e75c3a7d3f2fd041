"""Which hosts an operator lets programs of a sandbox reach."""

import asyncio
from pathlib import Path

import pytest

from asterism.kernel.llm.fake_server import FakeModelServer
from asterism.kernel.sandbox import Reach, open_proxy


@pytest.mark.parametrize(
    ("text", "reached", "refused"),
    [
        ("closed", [], ["example.org", "localhost"]),
        ("open", ["example.org", "10.0.0.1"], []),
        ("example.org", ["example.org", "EXAMPLE.ORG."], ["www.example.org", "badexample.org", "example.org.bad"]),
        ("a.b, .Example.org", ["a.b", "www.example.org", "x.y.example.org"], ["example.org", "b"]),
    ],
)
def test_hosts_are_admitted_by_name(text: str, reached: list[str], refused: list[str]) -> None:
    reach = Reach.of(text)
    assert all(reach.admits(host) for host in reached)
    assert not any(reach.admits(host) for host in refused)
    assert reach.closed == (text == "closed")


@pytest.mark.parametrize("text", ["", ",", "a.b,", "open,a.b", "closed,open", "https://a.b", "a b", "."])
def test_anything_else_is_a_mistake(text: str) -> None:
    with pytest.raises(ValueError):
        Reach.of(text)


def test_hosts_that_are_not_named_are_refused_before_they_are_looked_up(tmp_path: Path) -> None:
    async def answer(path: Path, host: str) -> bytes:
        reader, writer = await asyncio.open_unix_connection(str(path))
        writer.write(f"CONNECT {host} HTTP/1.1\r\nhost: x\r\n\r\n".encode())
        line = await reader.readline()
        writer.close()
        return line

    async def main() -> None:
        async with asyncio.timeout(60), FakeModelServer() as server:
            address = server.url.removeprefix("http://").removesuffix("/v1")
            reach = Reach.of("127.0.0.1")
            async with open_proxy(tmp_path / "p.sock", lambda _: False, reach.admits) as path:
                assert (await answer(path, address)).startswith(b"HTTP/1.1 200")
                assert (await answer(path, address.replace("127.0.0.1", "localhost"))).startswith(b"HTTP/1.1 403")
            async with reach.doors() as (doors, variables):  # named, but this machine all the same
                assert (await answer(doors[4004], address)).startswith(b"HTTP/1.1 403")
                assert variables["https_proxy"] == "http://127.0.0.1:4004"

    asyncio.run(main())
