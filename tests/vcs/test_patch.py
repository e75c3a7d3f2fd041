"""A diff is a patch that git applies: from any tree to any other, with modes, links, renames and odd names."""

import os
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings

from asterism.kernel.workcopy.statcache import FORMAT, Cache
from asterism.kernel.workcopy.walk import look
from asterism.vcs.diff import diff
from asterism.vcs.patch import find_renames, patches, stat_lines
from tests.client.trees import TREES, build, describe


def tree(top: Path):
    """Return the entries of a folder and its contents by hash."""
    scan = look(str(top), Cache(FORMAT, "", {}))
    scan.hash_rest(threads=1)
    entries = scan.entries()
    return entries, {entry.hash: (top / entry.path).read_bytes() for entry in entries if entry.type == "file"}


def changed(one: Path, other: Path, *, renames: bool = True, binary: bool = False):
    (old, before), (new, after) = tree(one), tree(other)
    contents = {**before, **after}

    def read(hashes):
        return {blob: contents[blob] for blob in hashes}

    changes = diff(old, new)
    return list(patches(find_renames(changes, read) if renames else changes, read, binary=binary))


def as_bytes(found) -> bytes:
    lines = [line for patch in found for line in [*patch.head(), *patch.body()]]
    return b"".join(line.encode("utf-8", "surrogateescape") + b"\n" for line in lines)


def files(top: Path) -> dict:
    return {path: what for path, what in describe(top).items() if what[0] != "dir" and not path.startswith(".git/")}


def apply(patch: bytes, top: Path) -> None:
    done = subprocess.run(["git", "apply", "--allow-empty", "-"], cwd=top, input=patch, capture_output=True)
    assert done.returncode == 0, (done.stderr, patch)


@settings(max_examples=60, deadline=None)
@example({}, {" ": {"a": ("file", b"", 0o644)}})
@given(TREES, TREES)
def test_git_applies_it(one, other):
    with tempfile.TemporaryDirectory() as scratch:
        old, new = Path(scratch) / "old", Path(scratch) / "new"
        for top, content in ((old, without_empty(one)), (new, without_empty(other))):
            build(top, content)
        patch = as_bytes(changed(old, new, binary=True))
        subprocess.run(["git", "init", "-q", old], check=True)
        apply(patch, old)
        assert files(old) == files(new)


def without_empty(content: dict) -> dict:
    """Return a tree without what git has no patch for: empty folders."""
    found = {}
    for name, node in content.items():
        inside = without_empty(node) if isinstance(node, dict) else node
        if inside:
            found[name] = inside
    return found


@pytest.fixture
def pair(tmp_path):
    lines = b"".join(b"line %d\n" % number for number in range(50))
    build(tmp_path / "old", {"a": ("file", lines, 0o644), "b": ("file", b"b\xff\n", 0o644), "l": ("link", "a")})
    build(tmp_path / "old", {"t": ("link", "a"), "x": ("file", b"#!", 0o644), "bin": ("file", b"\0\1", 0o644)})
    build(tmp_path / "new", {"d": {"a": ("file", lines + b"more\n", 0o644)}, "b": ("file", b"c\xfe\n", 0o644)})
    build(tmp_path / "new", {"l": ("link", "b"), "t": ("file", b"now a file\n", 0o644), "x": ("file", b"#!", 0o755)})
    build(tmp_path / "new", {"bin": ("file", b"\0\2", 0o644)})
    return tmp_path / "old", tmp_path / "new"


def test_headers_say_what_became_of_a_file(pair):
    found = {patch.path: patch for patch in changed(*pair) if patch.path != "t"}
    assert found["d/a"].head()[1:3] == ["rename from a", "rename to d/a"]
    assert found["x"].head() == ["diff --git a/x b/x", "old mode 100644", "new mode 100755"]
    assert found["l"].body() == [
        "@@ -1 +1 @@",
        "-a",
        "\\ No newline at end of file",
        "+b",
        "\\ No newline at end of file",
    ]
    assert found["bin"].head()[-1] == "Binary files a/bin and b/bin differ"
    assert [patch.head()[1] for patch in changed(*pair) if patch.path == "t"] == [
        "deleted file mode 120000",
        "new file mode 100644",
    ]


def test_git_applies_modes_links_renames_binaries_and_other_encodings(pair):
    old, new = pair
    build(new, {"new": ("file", b"\0" + os.urandom(300), 0o755), "none": ("file", b"", 0o644)})
    subprocess.run(["git", "init", "-q", old], check=True)
    before = files(old)
    done = subprocess.run(["git", "apply", "-"], cwd=old, input=as_bytes(changed(old, new)), capture_output=True)
    assert done.returncode, "git leaves out no change without a word"
    assert b"cannot apply binary patch" in done.stderr
    assert files(old) == before
    apply(as_bytes(changed(old, new, binary=True)), old)
    assert files(old) == files(new)


def test_figures_add_up(pair):
    lines = stat_lines(changed(*pair, renames=False), 60)
    assert lines[-1] == " 8 files changed, 54 insertions(+), 53 deletions(-)"
    assert any(line.startswith(" bin") and line.endswith("| binary") for line in lines)
    assert max(map(len, lines)) <= 60
    assert stat_lines([]) == []
