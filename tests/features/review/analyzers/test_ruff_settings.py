"""A project's ruff settings decide about style, are read as data, and hide no defect."""

import pytest

from asterism.features.review import analyzers
from asterism.features.review.analyzers.ruff_settings import LARGEST, RuffSettings, SettingsOf
from asterism.features.review.findings import ReviewedFile, Severity
from tests.features.review.analyzers.test_tools import added, run
from tests.support.diffs import added_file

STYLE = "import os\n\n\ndef f(a):\n    if a:\n        return 1\n    else:\n        return 2\n"


def rules(tmp_path, *files) -> set[str]:
    found, statuses = run("ruff", *files, project=analyzers.Project(tmp_path))
    assert statuses["ruff"][0] == "ok"
    return {one.rule_id for one in found}


def test_without_settings_ours_hold(tmp_path):
    assert rules(tmp_path, added(STYLE)) == {"F401", "RET505"}


@pytest.mark.parametrize(("name", "text", "left"), [
    ("ruff.toml", 'lint.ignore = ["RET505"]', {"F401"}),
    (".ruff.toml", 'lint.ignore = ["RET"]', {"F401"}),
    ("ruff.toml", 'ignore = ["F401"]', {"RET505"}),
    ("pyproject.toml", '[tool.ruff.lint]\nselect = ["E", "F"]', {"F401"}),
    ("pyproject.toml", '[tool.ruff.lint]\nselect = ["ALL"]\nignore = ["F4"]', {"RET505"}),
    ("pyproject.toml", '[tool.ruff.lint]\nselect = ["ALL"]\nextend-ignore = ["RET505", "F401"]', set()),
    ("pyproject.toml", '[tool.ruff.lint]\nextend-select = ["RET"]', {"F401", "RET505"}),
    ("pyproject.toml", '[tool.ruff.lint.per-file-ignores]\n"a.py" = ["RET", "F401"]', set()),
    ("pyproject.toml", '[tool.ruff.lint.per-file-ignores]\n"tests/*" = ["RET", "F401"]', {"F401", "RET505"}),
    ("ruff.toml", 'exclude = ["a.py"]', set()),
    ("pyproject.toml", '[tool.other]\nignore = ["F401"]', {"F401", "RET505"}),
    ("ruff.toml", "not = [toml", {"F401", "RET505"}),
    ("ruff.toml", 'lint.ignore = "F401"\nlint.select = 3\nbuiltins = {a = 1}', {"F401", "RET505"}),
    ("ruff.toml", "lint.ignore = " + "[" * 5000, {"F401", "RET505"}),
])  # fmt: skip
def test_style_is_the_projects_business(tmp_path, name, text, left):
    (tmp_path / name).write_text(text + "\n")
    assert rules(tmp_path, added(STYLE)) == left


def test_the_nearest_folder_wins(tmp_path):
    (tmp_path / "sub/deep").mkdir(parents=True)
    (tmp_path / "ruff.toml").write_text('lint.ignore = ["F401"]\n')
    (tmp_path / "sub/.ruff.toml").write_text('lint.ignore = ["RET"]\n')
    of = SettingsOf(tmp_path, {})
    assert (of("a.py").ignore, of("sub/deep/a.py").ignore, of("other/a.py").ignore) == (("F401",), ("RET",), ("F401",))
    assert not of("sub/deep/a.py").wants("RET505", "sub/deep/a.py", Severity.LOW)


def test_target_complexity_and_builtins_are_told_to_ruff(tmp_path):
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nrequires-python = ">=3.8"\n[tool.ruff]\nbuiltins = ["magic", "a = 1; import os"]\n'
        "[tool.ruff.lint.mccabe]\nmax-complexity = 3\n"
    )
    text = "def f(a):\n" + "".join(f"    if a == {n}:\n        magic(a)\n" for n in range(4))
    assert rules(tmp_path, added(text)) == {"C901"}
    assert "invalid-syntax" in rules(tmp_path, added("match 1:\n    case _:\n        pass\n"))


def test_no_setting_hides_a_defect(tmp_path):
    (tmp_path / "ruff.toml").write_text(
        'exclude = ["*"]\nlint.select = []\nlint.ignore = ["ALL"]\nlint.per-file-ignores = {"*" = ["ALL"]}\n'
    )
    assert rules(tmp_path, added("import os\ndef f(x=[]):\n    return nowhere\n")) == {"B006", "F821"}


def test_settings_that_the_change_itself_brings_do_not_hold_yet(tmp_path):
    text = 'lint.ignore = ["F401", "RET505"]\n'
    (tmp_path / "ruff.toml").write_text(text)
    brought = ReviewedFile(added_file("ruff.toml", text), text)
    assert rules(tmp_path, added(STYLE), brought) == {"F401", "RET505"}


def test_what_is_no_regular_file_of_a_sane_size_is_not_read(tmp_path):
    (tmp_path / "elsewhere.toml").write_text('lint.ignore = ["F401"]\n')
    (tmp_path / "ruff.toml").symlink_to("elsewhere.toml")
    assert SettingsOf(tmp_path, {})("a.py") == RuffSettings()
    (tmp_path / "ruff.toml").unlink()
    (tmp_path / "ruff.toml").write_text("#" * (LARGEST + 1))
    assert SettingsOf(tmp_path, {})("a.py") == RuffSettings()
