"""A load generator in a process of its own: N keep-alive connections asking for one path for some seconds."""

import asyncio
import json
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass


@dataclass
class Load:
    """What came back: requests a second, and milliseconds at the median and the 99th percentile.

    `answered` counts all of them, those of the warm-up too.
    """

    per_second: float
    median_ms: float
    p99_ms: float
    answered: int


def load(url: str, path: str, *, token: str | None = None, connections: int = 32, seconds: float = 4) -> Load:
    """Run the generator and return what it measured. Raises RuntimeError when any answer was not 200."""
    arguments = [url.removeprefix("http://"), path, token or "", str(connections), str(seconds)]
    done = subprocess.run([sys.executable, "-m", "bench.load", *arguments], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return Load(**json.loads(done.stdout))


async def worker(host: str, port: int, request: bytes, until: float, times: list[float]) -> None:
    """Send the request over one connection until the time is up."""
    reader, writer = await asyncio.open_connection(host, port)
    while time.perf_counter() < until:
        started = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head[:16]:
            raise RuntimeError(head.decode())
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        times.append(time.perf_counter() - started)
    writer.close()


async def generate(address: str, path: str, token: str, connections: int, seconds: float) -> Load:
    """Run all connections at once."""
    host, _, port = address.partition(":")
    authorization = f"Authorization: Bearer {token}\r\n" if token else ""
    request = f"GET {path} HTTP/1.1\r\nHost: {address}\r\n{authorization}\r\n".encode()
    times: list[float] = []
    answered = 0
    for warm_up in (True, False):
        times.clear()
        until = time.perf_counter() + (0.5 if warm_up else seconds)
        await asyncio.gather(*(worker(host, int(port), request, until, times) for _ in range(connections)))
        answered += len(times)
    times.sort()
    late = times[int(len(times) * 0.99)]
    return Load(len(times) / seconds, statistics.median(times) * 1000, late * 1000, answered)


if __name__ == "__main__":
    address, path, token, connections, seconds = sys.argv[1:]
    result = asyncio.run(generate(address, path, token, int(connections), float(seconds)))
    sys.stdout.write(json.dumps(vars(result)))
