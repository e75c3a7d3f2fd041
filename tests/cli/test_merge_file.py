"""`asterism merge-file` and `merge-driver`: in a shell, and called by git."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.support.process import asterism

BASE = "import os\n\nx = 1\n"
OURS = "import os\nimport re\n\nx = 1\n"
THEIRS = "import os\nimport sys\n\nx = 1\n"
MERGED = "import os\nimport re\nimport sys\n\nx = 1\n"


def write(folder: Path, base: str | bytes, ours: str | bytes, theirs: str | bytes) -> list[str]:
    for name, content in (("base", base), ("ours", ours), ("theirs", theirs)):
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return ["merge-file", "base", "ours", "theirs"]


def test_a_clean_merge_goes_to_standard_output_with_exit_code_0(tmp_path):
    done = asterism(*write(tmp_path, BASE, OURS, THEIRS), "--path", "a.py", home=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, MERGED, "")


def test_conflicts_are_marked_with_exit_code_1(tmp_path):
    done = asterism(*write(tmp_path, "a\n", "b\n", "c\n"), home=tmp_path)
    assert done.returncode == 1
    assert done.stdout == "<<<<<<< ours\nb\n=======\nc\n>>>>>>> theirs\n"
    assert "1 conflict left" in done.stderr


def test_the_result_may_replace_an_input_and_keeps_its_mode(tmp_path):
    words = write(tmp_path, BASE, OURS, THEIRS)
    (tmp_path / "ours").chmod(0o755)
    done = asterism(*words, "--path", "a.py", "-o", "ours", home=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert (tmp_path / "ours").read_text() == MERGED
    assert (tmp_path / "ours").stat().st_mode & 0o777 == 0o755
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["base", "ours", "theirs"]


@pytest.mark.parametrize("content", [b"\0", b"x" * (2 * 1024 * 1024 + 1)], ids=["binary", "large"])
def test_what_is_no_text_or_too_large_is_left_alone(tmp_path, content):
    done = asterism(*write(tmp_path, b"a", b"b", content), "-o", "out", home=tmp_path)
    assert done.returncode == 1
    assert "OURS was left as it is" in done.stderr
    assert not (tmp_path / "out").exists()


def test_json_says_how_it_was_merged(tmp_path):
    words = write(tmp_path, BASE, OURS, THEIRS)
    told = json.loads(asterism(*words, "--path", "a.py", "-o", "out", "--json", home=tmp_path).stdout)
    assert (told["clean"], told["method"], told["conflicts"]) == (True, "structure", [])
    assert "symmetric" in told["proof"]
    told = json.loads(asterism(*write(tmp_path, "a\n", "b\n", "c\n"), "--json", home=tmp_path).stdout)
    assert told == {
        "clean": False,
        "method": None,
        "proof": [],
        "kind": "content",
        "conflicts": [{"base": [1, 2], "ours": [1, 2], "theirs": [1, 2]}],
    }


def test_a_missing_file_or_a_folder_is_named(tmp_path):
    write(tmp_path, "a", "b", "c")
    done = asterism("merge-file", "base", "ours", "gone", home=tmp_path)
    assert done.returncode == 4
    assert "no file gone" in done.stderr
    (tmp_path / "folder").mkdir()
    done = asterism("merge-file", "base", "ours", "folder", home=tmp_path)
    assert done.returncode == 2
    assert "folder is a folder" in done.stderr
    assert asterism("merge-file", "base", "ours", home=tmp_path).returncode == 2


@pytest.fixture
def repository(tmp_path):
    """A repository in which two branches added an import each, and one that conflicts."""
    folder = tmp_path / "a repo"
    folder.mkdir()

    def git(*words: str, ok: bool = True) -> "subprocess.CompletedProcess[str]":
        environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        who = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
        done = subprocess.run(["git", *who, *words], cwd=folder, env=environment, capture_output=True, text=True)
        assert done.returncode == 0 or not ok, done.stderr
        return done

    git("init", "-q", "-b", "main", ".")
    for branch, text in (("main", BASE), ("one", OURS), ("two", THEIRS), ("three", OURS.replace("re", "abc"))):
        git("checkout", "-q", "-B", branch, *([] if branch == "main" else ["main"]))
        (folder / "it's a.py").write_text(text)
        git("add", ".")
        git("commit", "-qm", branch)
    (folder / "it's a.py").write_text(THEIRS.replace("x = 1", "x = 2"))
    git("commit", "-qam", "more")
    git("checkout", "-q", "one")
    return folder, git


def test_git_merges_by_structure_once_the_driver_is_installed(repository, tmp_path):
    folder, git = repository
    assert git("merge", "two", ok=False).returncode != 0
    git("merge", "--abort")
    attributes = folder / ".git/info/attributes"
    attributes.write_text("*.bin binary")
    for _ in range(2):  # installing twice is installing once
        done = asterism("merge-driver", "install", home=tmp_path, cwd=folder)
        assert done.returncode == 0, done.stderr
    assert attributes.read_text().startswith("*.bin binary\n")
    assert attributes.read_text().count("*.py merge=asterism") == 1
    git("merge", "-q", "two")
    assert (folder / "it's a.py").read_text() == MERGED
    assert git("status", "--porcelain").stdout == ""


def test_git_is_told_of_conflicts_and_the_driver_goes_again(repository, tmp_path):
    folder, git = repository
    (folder / "it's a.py").write_text(OURS.replace("x = 1", "x = 3"))
    git("commit", "-qam", "other")
    assert json.loads(asterism("merge-driver", "install", "--json", home=tmp_path, cwd=folder).stdout)["installed"]
    done = git("merge", "three", ok=False)
    assert done.returncode == 1
    assert "<<<<<<<" in (folder / "it's a.py").read_text()
    assert git("status", "--porcelain").stdout.startswith("UU")
    git("merge", "--abort")
    for _ in range(2):
        assert asterism("merge-driver", "uninstall", home=tmp_path, cwd=folder).returncode == 0
    assert "asterism" not in (folder / ".git/info/attributes").read_text()
    assert "asterism" not in (folder / ".git/config").read_text()


def test_outside_a_repository_the_driver_says_so(tmp_path):
    done = asterism("merge-driver", "install", home=tmp_path)
    assert done.returncode != 0
    assert "git work tree" in done.stderr
    assert "Traceback" not in done.stderr
