"""What must not stand in the repository: registries, places of one machine, secrets, unfinished business."""

import re

import pytest

from tests.architecture.source import ROOT, SOURCE, python_files, shown, text_files

REGISTRIES = ["pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "npmjs" + ".com", "proxy.golang" + ".org"]
UNFINISHED = ["TO" + "DO", "FIX" + "ME", "XX" + "X:", "HA" + "CK"]
MACHINE = re.compile(r"(?<![\w.])/(?:home|Users|root|work)/\w\w+")
PRIVATE_KEY = re.compile("-----BEGIN (?:RSA |EC |OPENSSH )?PRIVATE " + "KEY-----\n[A-Za-z0-9+/=]{40}")


@pytest.mark.parametrize("word", REGISTRIES)
def test_no_registry_is_named(word: str) -> None:
    assert not [shown(path) for path, text in text_files().items() if word in text]


@pytest.mark.parametrize("word", UNFINISHED)
def test_nothing_is_left_unfinished(word: str) -> None:
    mark = re.escape(word.rstrip(":"))
    pattern = re.compile(rf"(?:#|//|<!--|\*|\.\.)\s*{mark}\b|\b{mark}[:(]")
    assert not [shown(path) for path, text in text_files().items() if pattern.search(text)]


def test_no_place_of_one_machine_is_named() -> None:
    found = {shown(path): match[0] for path, text in text_files().items() if (match := MACHINE.search(text))}
    assert not found


def test_no_private_key_is_kept() -> None:
    assert not [shown(path) for path, text in text_files().items() if PRIVATE_KEY.search(text)]


@pytest.mark.parametrize("layer", ["base", "vcs", "features", "asgi", "faces"])
def test_the_environment_is_not_read_below_the_settings(layer: str) -> None:
    """`os.environ` belongs to the settings, the command line, the client and a few adapters; else it is handed in."""
    reading = re.compile(r"os\.(environ|getenv)\b")
    assert not [
        shown(path)
        for path in python_files()
        if path.is_relative_to(SOURCE / layer) and reading.search(path.read_text())
    ]


def test_no_name_is_patched_in_tests() -> None:
    patching = re.compile(r"\bmonkey" + r"patch\.setattr|\bmock\." + r"patch|unittest import " + r"mock")
    assert not [shown(p) for p in sorted((ROOT / "tests").rglob("*.py")) if patching.search(p.read_text())]
