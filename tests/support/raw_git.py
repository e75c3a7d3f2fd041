"""git repositories written object by object, so that they can hold what the git program would refuse to make."""

import hashlib
import os
import subprocess
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

FILE, PROGRAM, LINK, FOLDER, SUBMODULE = b"100644", b"100755", b"120000", b"40000", b"160000"
ADA = b"Ada <ada@example.org> 1700000000 +0200"

Files = Mapping[bytes, tuple[bytes, bytes]]
"""Mode and content by path; the content of a submodule is its commit's name in hex."""


class RawRepo:
    """A bare-bones repository in `folder`/.git whose objects are written by hand."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._git = folder / ".git"
        for name in ("objects", "refs/heads", "refs/tags"):
            (self._git / name).mkdir(parents=True)
        (self._git / "config").write_text("[core]\n\trepositoryformatversion = 0\n\tbare = false\n")
        self.head(b"refs/heads/main")

    def head(self, ref: bytes) -> None:
        """Let HEAD name a reference or a commit."""
        (self._git / "HEAD").write_bytes((b"ref: " + ref if ref.startswith(b"refs/") else ref) + b"\n")

    def put(self, kind: str, data: bytes) -> str:
        """Store an object and return its name."""
        whole = f"{kind} {len(data)}\0".encode() + data
        oid = hashlib.sha1(whole, usedforsecurity=False).hexdigest()
        path = self._git / "objects" / oid[:2] / oid[2:]
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(zlib.compress(whole, 1))
        return oid

    def rows(self, rows: Sequence[tuple[bytes, bytes, str]]) -> str:
        """Store a tree of exactly these rows (mode, name, object) and return its name."""
        return self.put("tree", b"".join(mode + b" " + name + b"\0" + bytes.fromhex(oid) for mode, name, oid in rows))

    def tree(self, files: Files) -> str:
        """Store the tree of these files and return its name."""
        below: dict[bytes, dict[bytes, tuple[bytes, bytes]]] = {}
        rows: list[tuple[bytes, bytes, str]] = []
        for path, (mode, content) in files.items():
            first, slash, rest = path.partition(b"/")
            if slash:
                below.setdefault(first, {})[rest] = (mode, content)
            else:
                oid = content.decode() if mode == SUBMODULE else self.put("blob", content)
                rows.append((mode, first, oid))
        rows += [(FOLDER, name, self.tree(inside)) for name, inside in below.items()]
        return self.rows(sorted(rows, key=lambda row: row[1] + (b"/" if row[0] == FOLDER else b"")))

    def commit(
        self,
        files: Files | str,
        parents: Sequence[str] = (),
        message: bytes = b"message\n",
        author: bytes = ADA,
        committer: bytes | None = None,
        extra: bytes = b"",
    ) -> str:
        """Store a commit (of files, or of a tree by its name) and return its name."""
        tree = files if isinstance(files, str) else self.tree(files)
        lines = [f"tree {tree}".encode(), *(f"parent {parent}".encode() for parent in parents)]
        lines += [b"author " + author, b"committer " + (author if committer is None else committer)]
        return self.put("commit", b"\n".join(lines) + b"\n" + extra + b"\n" + message)

    def ref(self, name: bytes, oid: str) -> None:
        """Set a reference (`refs/heads/main`)."""
        path = os.path.join(os.fsencode(self._git), name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="ascii") as file:
            file.write(f"{oid}\n")

    def git(self, *words: str) -> str:
        """Run the git program here."""
        return run_git(self.folder, *words)


def run_git(folder: Path, *words: str) -> str:
    """Run the git program without anybody's settings and return what it prints."""
    environment = {
        "PATH": os.environ["PATH"],
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "LC_ALL": "C",
    }
    done = subprocess.run(["git", "-C", str(folder), *words], env=environment, check=True, capture_output=True)
    return done.stdout.decode("utf-8", "surrogateescape")
