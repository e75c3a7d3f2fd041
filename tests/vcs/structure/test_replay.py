"""Replaying the merge commits of a repository."""

import os
import subprocess

import pytest

from bench.merge.__main__ import merged_files, replay

BASE = "import os\n\nx = 1\n"


@pytest.fixture
def repository(tmp_path):
    def git(*words: str, ok: bool = True) -> None:
        environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        done = subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@b.c", *words],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
        )
        assert done.returncode == 0 or not ok, done.stderr

    def commit(text: str, name: str = "ä.py") -> None:
        (tmp_path / name).write_text(text)
        git("add", ".")
        git("commit", "-qm", "one")

    git("init", "-q", "-b", "main", ".")
    commit(BASE)
    git("checkout", "-qb", "side")
    commit(BASE.replace("os\n", "os\nimport sys\n"))
    commit("only here\n", "other.py")
    git("checkout", "-q", "main")
    commit(BASE.replace("os\n", "os\nimport re\n"))
    git("merge", "-q", "side", ok=False)
    commit(BASE.replace("os\n", "os\nimport re\nimport sys\n"))
    return tmp_path


def test_each_file_that_both_sides_changed_is_merged_again(repository, capsys):
    ((_, path, texts, committed),) = merged_files(repository, 10)
    assert path == "ä.py"
    assert texts[0] == BASE.encode()
    assert committed.count(b"import") == 3
    assert replay(repository, 10, show_wrong=True) == 0
    assert "of 1 that git left as a conflict, ours: 1 right" in capsys.readouterr().out
