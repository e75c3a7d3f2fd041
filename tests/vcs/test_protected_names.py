"""Names that mean `.git` or `.asterism` somewhere: found as git finds them, by both ways through the rules."""

import itertools
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asterism.vcs import manifest, rules
from asterism.vcs.manifest import Entry, ManifestInvalid
from asterism.vcs.protected_names import is_disguised, may_be_disguised

DISGUISED = [
    *(".GIT", ".Git", ".giT", ".git ", ".git.", ".git . .", ".git:x", ".git::$INDEX_ALLOCATION", ".GIT.:x"),
    *("git~1", "GIT~1", "git~1 ", "git~1.", "Git~1:a", ".g\u200cit", "\u200d.git", ".git\ufeff", ".G\u202aI\u206fT"),
    *("a\\.git", ".git\\a", "a\\GIT~1\\b"),
    *(".ASTERISM", ".asterism.", ".asterism:x", ".a\u200fsterism", "asteri~1", "ASTERI~1", ".a\u017fterism"),
]
HARMLESS = [
    *("git", ".gitignore", ".gitmodules", ".github", "..git", ".gitt", "x.git", ".git x", "git~2", "git~10", "xgit~1"),
    *("git-1", ".asterismignore", ".asterism.json", "asterism", "asteri~2", ".g it", "\u200cgit", "a\\.gitignore"),
    ".git-rewrite",
]
PLAIN = [".git", ".asterism"]


def reasons(path: str) -> list[str]:
    return list(rules.path_reasons(path))


def entry(path: str) -> Entry:
    return Entry(type="file", path=path, hash="0" * 64)


@pytest.mark.parametrize(("name", "place"), list(itertools.product(DISGUISED, ["{}", "a/{}", "{}/config", "a/{}/b/c"])))
def test_a_disguised_name_is_refused_wherever_it_stands(name: str, place: str) -> None:
    path = place.format(name)
    assert reasons(path) == ["path_protected"]
    assert rules.suspicious([entry("harmless"), entry(path), entry("zzz")])
    with pytest.raises(ManifestInvalid) as caught:
        manifest.read(b'{"files":[' + manifest.encode([entry(path)]).partition(b"[")[2])
    assert caught.value.details == {"problems": [{"index": 0, "path": path, "reason": "path_protected"}]}


@pytest.mark.parametrize("name", [*HARMLESS, *PLAIN])
def test_a_harmless_name_is_not(name: str) -> None:
    assert not is_disguised(name)
    assert reasons(f"a/{name}/b") == []


@given(st.text(alphabet=".gGiItT~1 :\\\u200c\ufeffaASteRrism\u017f/x", min_size=1, max_size=14))
def test_the_fast_way_never_misses_one(path: str) -> None:
    if any(is_disguised(segment) for segment in path.split("/")):
        assert may_be_disguised(f"\0{path}\0")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "-q", folder], check=True)
    return folder


def git_takes(checkout: Path, path: str) -> bool:
    """Ask git whether it would put this path into an index, with both protections on."""
    options = ["-c", "core.protectHFS=true", "-c", "core.protectNTFS=true", "-c", "core.quotePath=false"]
    add = ["update-index", "--add", "--replace", "--index-info"]
    line = b"100644 e69de29bb2d1d6434b8b29ae775ad8c2e48c5391\t" + path.encode() + b"\n"
    done = subprocess.run(["git", *options, "-C", checkout, *add], input=line, capture_output=True, check=False)
    return done.returncode == 0 and not done.stderr


@pytest.mark.parametrize("name", [name for name in DISGUISED if "git" in name.lower() or "\u206f" in name])
def test_git_refuses_what_we_refuse(checkout: Path, name: str) -> None:
    assert not git_takes(checkout, f"a/{name}/b")


@pytest.mark.parametrize("name", [name for name in HARMLESS if "\\" not in name])
def test_git_takes_what_we_take(checkout: Path, name: str) -> None:
    assert git_takes(checkout, f"a/{name}/b")
