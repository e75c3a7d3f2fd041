"""The wheel: it holds all of the source and its data, and a server runs from it where nothing else of ours is."""

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import httpx

from asterism import __version__
from tests.architecture.source import ROOT, SOURCE
from tests.support.process import clean_environment, serving


def run(*arguments: str | Path, cwd: Path) -> str:
    done = subprocess.run(
        [str(argument) for argument in arguments],
        cwd=cwd,
        env=clean_environment(cwd),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_built_wheel_is_complete_and_serves_on_its_own(tmp_path: Path) -> None:
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path / "dist", cwd=ROOT)
    [wheel] = (tmp_path / "dist").iterdir()
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    files = (path for path in SOURCE.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    assert held == {f"asterism/{path.relative_to(SOURCE).as_posix()}" for path in files}

    place = tmp_path / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", place, cwd=tmp_path)
    python = place / ("Scripts" if os.name == "nt" else "bin") / "python"
    uv = Path(sysconfig.get_path("scripts")) / "uv"
    run(uv, "pip", "install", "--offline", "--no-deps", "--no-cache", "--python", python, wheel, cwd=tmp_path)
    # What it depends on is taken from the packages that these tests run with; our own source is not among them.
    [site] = place.rglob("site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")

    where = run(python, "-c", "import asterism; print(asterism.__file__)", cwd=tmp_path).strip()
    assert Path(where).is_relative_to(place)
    asterism = python.with_name("asterism")
    assert run(asterism, "--version", cwd=tmp_path) == f"asterism {__version__}\n"
    with serving(tmp_path / "data", home=tmp_path, program=[str(asterism)]) as server:
        assert httpx.get(f"{server.url}/health", trust_env=False).status_code == 200
        assert "<html" in httpx.get(f"{server.url}/schema", trust_env=False).text
