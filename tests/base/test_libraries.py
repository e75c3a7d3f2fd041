"""Libraries that are loaded when they are first used."""

import importlib
import sys
import threading
from pathlib import Path

import pytest

from asterism.base import libraries
from asterism.base.libraries import later, load


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that modules are imported from; what was, is forgotten."""
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("gate", "heavy", "paint"):
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


def test_who_comes_while_a_library_is_being_loaded_waits_for_all_of_it(shelf: Path) -> None:
    (shelf / "gate.py").write_text("import threading\nbegun, go = threading.Event(), threading.Event()\n")
    (shelf / "heavy.py").write_text("import gate\ngate.begun.set()\nassert gate.go.wait(60)\nWEIGHT = 7\n")
    gate, weights = importlib.import_module("gate"), []
    heavy = later("heavy")
    first, second = (threading.Thread(target=lambda: weights.append(heavy.WEIGHT)) for _ in range(2))
    first.start()
    assert gate.begun.wait(60)
    second.start()
    second.join(0.2)
    assert second.is_alive()
    gate.go.set()
    for one in (first, second):
        one.join(60)
    assert weights == [7, 7]


def test_a_library_that_is_not_there_says_so_at_its_first_use(shelf: Path) -> None:
    with pytest.raises(ModuleNotFoundError, match="heavy"):
        _ = later("heavy").WEIGHT


def test_what_is_left_out_can_be_loaded_afterwards(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(libraries.LEFT_OUT, "heavy", "paint")
    (shelf / "paint.py").write_text("")
    (shelf / "heavy.py").write_text("try:\n    import paint\nexcept ImportError:\n    paint = None\n")
    assert load("heavy").paint is None
    assert importlib.import_module("paint").__name__ == "paint"
