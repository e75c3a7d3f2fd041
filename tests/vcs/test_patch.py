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


def changed(one: Path, other: Path, *, renames: bool = True):
    (old, before), (new, after) = tree(one), tree(other)
    contents = {**before, **after}

    def read(hashes):
        return {blob: contents[blob] for blob in hashes}

    changes = diff(old, new)
    return list(patches(find_renames(changes, read) if renames else changes, read))


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
        for top, content in ((old, text_only(one)), (new, text_only(other))):
            build(top, content)
        patch = as_bytes(changed(old, new))
        subprocess.run(["git", "init", "-q", old], check=True)
        apply(patch, old)
        assert files(old) == files(new)


def text_only(content: dict) -> dict:
    """Return a tree without what git has no patch for: empty folders, and contents that it calls binary."""
    found = {}
    for name, node in content.items():
        if isinstance(node, dict):
            inside = text_only(node)
            if inside:
                found[name] = inside
        else:
            found[name] = (node[0], node[1].replace(b"\0", b"0"), node[2]) if node[0] == "file" else node
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


def test_git_applies_modes_links_renames_and_other_encodings(pair):
    old, new = pair
    subprocess.run(["git", "init", "-q", old], check=True)
    apply(as_bytes([patch for patch in changed(old, new) if patch.path != "bin"]), old)
    os.unlink(old / "bin")
    os.unlink(new / "bin")
    assert files(old) == files(new)


def test_figures_add_up(pair):
    lines = stat_lines(changed(*pair, renames=False), 60)
    assert lines[-1] == " 8 files changed, 54 insertions(+), 53 deletions(-)"
    assert any(line.startswith(" bin") and line.endswith("| binary") for line in lines)
    assert max(map(len, lines)) <= 60
    assert stat_lines([]) == []
