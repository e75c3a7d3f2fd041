"""A port has a memory fake and one contract suite that runs on it and on every adapter; the exceptions say why."""

import importlib
import inspect

import pytest

from tests.architecture.source import ROOT, SOURCE

PORTS = sorted(path.name for path in (SOURCE / "kernel").iterdir() if (path / "__init__.py").exists())
SUITES = {"llm": "test_models.py"}
WITHOUT_FAKE = {
    "apps": "no port: real programs in the sandbox, which has its own suite",
    "db": "both engines are real in tests, SQLite is cheap, and stores are SQL (the fixture `db`)",
    "loopback": "no port: what the fakes have in common that serve on loopback",
    "git": "docs/adr/0051-git-has-no-memory-fake.md",
    "sandbox": "no port: real programs in namespaces, whose users have fakes of their own (agents, apps, clouds)",
    "runs": "no port: one host over the ports `db` and `streams`, which have fakes",
    "workcopy": "no port: trees on a real disk, which is cheap in tests",
    "rates": "no port: rows over the port `db`, of which it has both engines in tests",
    "oidc": "one adapter; tests sign real tokens for a key server on loopback",
}
OPENED_BY_ADDRESS = {"blobs"}  # its fake is an address
FAKES = ("Memory", "Scripted")


@pytest.mark.parametrize("port", [name for name in PORTS if name not in WITHOUT_FAKE])
def test_a_port_has_a_contract_suite_that_runs_on_its_fake(port: str) -> None:
    public = vars(importlib.import_module(f"asterism.kernel.{port}"))
    fakes = [name for name, value in public.items() if name.startswith(FAKES) and callable(value)]
    fakes += ['"memory://"'] if port in OPENED_BY_ADDRESS else []
    assert fakes, f"kernel/{port} offers no fake"
    suite = ROOT / "tests" / "contracts" / SUITES.get(port, f"test_{port}.py")
    assert suite.exists()
    assert any(fake in suite.read_text() for fake in fakes), f"{suite.name} does not run on {' or '.join(fakes)}"


@pytest.mark.parametrize("port", PORTS)
def test_a_port_says_what_it_is_for(port: str) -> None:
    module = importlib.import_module(f"asterism.kernel.{port}")
    assert inspect.getdoc(module)
    assert module.__all__


def test_every_exception_is_still_one() -> None:
    assert set(WITHOUT_FAKE) <= set(PORTS)
    assert set(SUITES) <= set(PORTS)
