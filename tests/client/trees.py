"""Random folder trees: made on disk, described, and compared bit for bit."""

import os
import stat
from pathlib import Path

from hypothesis import strategies as st

from asterism.vcs.rules import path_reasons

NAMES = st.one_of(
    st.sampled_from(["a", "b", ".keep", "README.md", "a.b", "a b", "-x", "#", "weird\nname", "tab\t", "a\\b", "%41"]),
    st.sampled_from(["Grüße", "日本語.txt", "имя", "e\u0301", "\u00e9", "🜁", "\u2028", "<&>", '"quoted"', "'"]),
    st.text(st.characters(exclude_characters="/\0\\:", exclude_categories=["Cs"]), min_size=1, max_size=12).filter(
        lambda name: (
            name.lower() not in (".git", ".gitignore", ".asterismignore", ".asterism", ".asterism.json")
            and not any(path_reasons(name))
        )
    ),
)
CONTENT = st.one_of(st.just(b""), st.binary(max_size=60), st.sampled_from([5, 70_000]).map(bytes))
LEAF = st.one_of(
    st.tuples(st.just("file"), CONTENT, st.sampled_from([0o644, 0o755])),
    st.tuples(st.just("link"), st.sampled_from(["a", "../outside", "/etc/passwd", "нет", ".", "a/b"])),
)
TREES = st.dictionaries(
    NAMES, st.recursive(LEAF, lambda node: st.dictionaries(NAMES, node, max_size=4), max_leaves=12), max_size=5
)


def build(folder: Path, tree: dict) -> None:
    """Make `tree` below `folder`, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, node in tree.items():
        path = folder / name
        if isinstance(node, dict):
            build(path, node)
        elif node[0] == "file":
            path.write_bytes(node[1])
            path.chmod(node[2])
        else:
            path.symlink_to(node[1])


def describe(folder: Path) -> dict[str, tuple]:
    """Return every path below `folder` but the client's own state, with all that a version keeps of it."""
    found = {}
    for root, folders, files in os.walk(folder):
        if Path(root) == folder:
            folders[:] = [name for name in folders if name != ".asterism"]
        for name in folders + files:
            path = Path(root) / name
            status = path.lstat()
            key = str(path.relative_to(folder))
            if stat.S_ISLNK(status.st_mode):
                found[key] = ("link", os.readlink(path))
            elif stat.S_ISDIR(status.st_mode):
                found[key] = ("dir", stat.S_IMODE(status.st_mode))
            else:
                found[key] = ("file", stat.S_IMODE(status.st_mode), path.read_bytes())
    return found
