"""Starting the real server for a benchmark."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx


@dataclass
class Process:
    """A process that answers at an address, and what it uses."""

    url: str
    process: "subprocess.Popen[bytes]"

    def processor_seconds(self) -> float:
        """Return what the process has used of processors so far."""
        return processor_seconds(self.process.pid)

    def settle(self, most: float = 600) -> None:
        """Wait until the server has done what it does in the background: twenty seconds that cost it little."""
        calm, before, until = 0, self.processor_seconds(), time.monotonic() + most
        while calm < 4 and time.monotonic() < until:
            time.sleep(5)
            now = self.processor_seconds()
            calm = calm + 1 if now - before < 0.2 else 0
            before = now

    def resident_mib(self) -> float:
        """Return the resident memory of the process in MiB."""
        return self._memory("VmRSS:")

    def peak_mib(self) -> float:
        """Return the most memory that the process has had since `forget_peak`, in MiB."""
        return self._memory("VmHWM:")

    def forget_peak(self) -> None:
        """Count the peak from now on (proc(5), clear_refs)."""
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def _memory(self, field: str) -> float:
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(field):
                return int(line.split()[1]) / 1024
        raise RuntimeError(f"no {field}")


@dataclass
class Running(Process):
    """A server of ours, ready to answer."""

    token: str
    data: Path
    seconds_to_health: float

    def client(self) -> httpx.Client:
        """Return a signed-in client."""
        return httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {self.token}"}, timeout=120)


def processor_seconds(pid: int) -> float:
    """Return what a process has used of processors so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(data: Path | None = None, settings: Mapping[str, str] | None = None) -> Iterator[Running]:
    """Run `asterism serve` on a folder (a temporary one without `data`) while the context is open."""
    with tempfile.TemporaryDirectory(prefix="asterism-bench-") as temporary:
        folder = data or Path(temporary)
        port = free_port()
        command = [sys.executable, "-m", "asterism"]
        environment = {**os.environ, "ASTERISM_RATE_LIMITS": "off", **(settings or {})}
        started = time.perf_counter()
        process = subprocess.Popen(
            [*command, "serve", "--port", str(port), "--data-dir", str(folder)],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            seconds = until_healthy(f"http://127.0.0.1:{port}", process, started)
            made = subprocess.run(
                [*command, "token", "create", "--data-dir", str(folder), "--json"],
                env=environment,
                check=True,
                capture_output=True,
                timeout=120,
            )
            token = json.loads(made.stdout)["access_token"]
            yield Running(f"http://127.0.0.1:{port}", process, token, folder, seconds)
        finally:
            process.terminate()
            try:
                process.wait(60)
            finally:
                process.kill()


def until_healthy(
    url: str, process: "subprocess.Popen[bytes]", started: float, *, path: str = "/health", within: float = 60
) -> float:
    """Wait for an answer at `path` and return the seconds since `started`."""
    question = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode()
    host, _, port = url.removeprefix("http://").partition(":")
    while process.poll() is None:
        try:
            with socket.create_connection((host, int(port)), timeout=1) as connection:
                connection.sendall(question)
                if connection.recv(64).startswith(b"HTTP/1.1 200"):
                    return time.perf_counter() - started
        except OSError:
            time.sleep(0.005)
        if time.perf_counter() - started > within:
            break
    raise RuntimeError("the server did not start")
