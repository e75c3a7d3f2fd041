"""Diffs with one fixed form, whatever the user or the repository configured. Source: Stargazer 2.1, 2.4."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from asterism.kernel.git.checkout import TIMEOUT, Checkout
from asterism.kernel.git.errors import CommandFailed, OverLimit
from asterism.kernel.git.files import read_regular
from asterism.vcs.unified import encode, quote

Mode = Literal["staged", "unstaged", "files"]

DIFF_OUTPUT = 10 << 20
MOST_UNTRACKED = 2000
EMPTY_TREES = {
    40: "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    64: "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}
OWN_FOLDER = ".stargazer"

OPTIONS = (
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--unified=3",
    "--inter-hunk-context=0",
    "--src-prefix=a/",
    "--dst-prefix=b/",
    "--find-renames",
    "--diff-algorithm=default",
    "--indent-heuristic",
    "--submodule=short",
    "--ignore-submodules=dirty",  # compares their commits; git would start a process in each to see more
    "--relative",
    "-O" + os.devnull,
)


def diff_text(checkout: Checkout, mode: Mode, pathspec: str | None = None, *, untracked: bool = False) -> bytes:
    """Return the diff of `mode` for the root or one literal path in it, at most 10 MiB.

    With `untracked`, files git does not know follow as additions (never in mode `staged`). Raises NotGitRepo,
    GitNotFound, CommandFailed.
    """
    extra = b""
    if untracked and mode != "staged":
        paths = untracked_paths(checkout, pathspec)
        if len(paths) > MOST_UNTRACKED:
            raise OverLimit(f"There are more than {MOST_UNTRACKED} untracked files.")
        extra = b"".join(
            addition(path, data, mode) for path, data, mode in read_files(checkout.root, paths, DIFF_OUTPUT)
        )
    raw = run_diff(checkout, mode, pathspec=pathspec, max_output=DIFF_OUTPUT)
    if len(raw) + len(extra) > DIFF_OUTPUT:
        raise OverLimit(f"The diff is larger than {DIFF_OUTPUT} bytes.")
    return raw + extra


def run_diff(
    checkout: Checkout,
    mode: Mode,
    *extra: str,
    base: str | None = None,
    pathspec: str | None = None,
    max_output: int,
) -> bytes:
    """Run `git diff` for `mode`; `base` replaces HEAD as the old side of `staged` and `files`."""
    head = [*OPTIONS, *extra]
    tail = ["--", f":(literal){pathspec or '.'}", f":(exclude,literal){OWN_FOLDER}"]

    def run(*sides: str) -> bytes:
        return checkout.run("diff", *head, *sides, *tail, timeout=TIMEOUT, max_output=max_output)

    if mode == "unstaged":
        return run()
    if mode == "staged":
        return run("--cached", *([base] if base else []))
    try:
        return run(base or "HEAD")
    except CommandFailed:
        if base or (empty := empty_tree_before_first_commit(checkout)) is None:
            raise
    return run(empty)


def empty_tree_before_first_commit(checkout: Checkout) -> str | None:
    """Return the id of the empty tree while there is no commit, None once there is one."""
    if checkout.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}", accept=(0, 1)).strip():
        return None
    kind = checkout.run("rev-parse", "--show-object-format").strip()
    return EMPTY_TREES[64 if kind == b"sha256" else 40]


def untracked_paths(checkout: Checkout, pathspec: str | None = None) -> list[str]:
    """List files git neither tracks nor ignores, without nested repositories and our own folder."""
    raw = checkout.run("--literal-pathspecs", "ls-files", "--others", "--exclude-standard", "-z", "--", pathspec or ".")
    names = raw.decode("utf-8", "surrogateescape").split("\0")
    return [name for name in names if is_reviewable_name(name)]


def is_reviewable_name(name: str) -> bool:
    """Whether an untracked name is a file's: a slash at the end marks a nested repository."""
    return bool(name) and not name.endswith("/") and name != OWN_FOLDER and not name.startswith(f"{OWN_FOLDER}/")


def read_files(root: Path, paths: Iterable[str], budget: int) -> Iterator[tuple[str, bytes, int]]:
    """Yield path, content and permission bits of each regular file; others and vanished ones are passed over.

    Raises OverLimit when the contents together exceed `budget` bytes.
    """
    for path in paths:
        read = read_regular(root / path, budget)
        if read is None:
            continue
        data, mode = read
        budget -= len(data)
        if budget < 0:
            raise OverLimit("The untracked files are too large to be shown as a diff.")
        yield path, data, mode


def addition(path: str, data: bytes, mode: int) -> bytes:
    """Write the diff git would write for a new file with this content."""
    old, new = (encode(quote(side + path)) for side in ("a/", "b/"))
    blob = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
    bits = b"100755" if mode & 0o100 else b"100644"
    head = b"diff --git %s %s\nnew file mode %s\nindex 0000000..%s\n" % (old, new, bits, blob[:7].encode())
    if not data:
        return head
    if b"\0" in data[:8000]:
        return head + b"Binary files /dev/null and %s differ\n" % new
    lines = data.split(b"\n")
    ended = lines[-1] == b""
    lines = lines[:-1] if ended else lines
    tab = b"\t" if b" " in new and not new.startswith(b'"') else b""
    span = b"+1" if len(lines) == 1 else b"+1,%d" % len(lines)
    body = b"".join(b"+" + line + b"\n" for line in lines)
    tail = b"" if ended else b"\\ No newline at end of file\n"
    return head + b"--- /dev/null\n+++ %s%s\n@@ -0,0 %s @@\n" % (new, tab, span) + body + tail
