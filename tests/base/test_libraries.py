"""Libraries that are loaded when they are first used."""

import importlib
import sys
from pathlib import Path

import pytest

from asterism.base import libraries
from asterism.base.libraries import later, load


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that modules are imported from; what was, is forgotten."""
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("heavy", "paint"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return tmp_path


def test_a_library_is_loaded_by_the_first_use_of_it(shelf: Path) -> None:
    (shelf / "heavy.py").write_text("class Broken(Exception): ...\nWEIGHT = 7\n")
    heavy = later("heavy")
    assert "heavy" not in sys.modules
    assert heavy.WEIGHT == 7
    assert sys.modules["heavy"].WEIGHT == 7
    with pytest.raises(heavy.Broken):
        raise sys.modules["heavy"].Broken


def test_a_library_that_is_not_there_says_so_at_its_first_use(shelf: Path) -> None:
    with pytest.raises(ModuleNotFoundError, match="heavy"):
        _ = later("heavy").WEIGHT


def test_what_is_left_out_can_be_loaded_afterwards(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(libraries.LEFT_OUT, "heavy", "paint")
    (shelf / "paint.py").write_text("")
    (shelf / "heavy.py").write_text("try:\n    import paint\nexcept ImportError:\n    paint = None\n")
    assert load("heavy").paint is None
    assert importlib.import_module("paint").__name__ == "paint"
