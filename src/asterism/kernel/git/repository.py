"""A repository read for its history alone: objects and references, with or without a work tree."""

import contextlib
import os
import subprocess
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from asterism.kernel.git.environment import repository_variables
from asterism.kernel.git.errors import CommandFailed
from asterism.kernel.git.place import find_place, require_sound
from asterism.kernel.git.program import Git
from asterism.kernel.git.settings import chosen, written

SECONDS = 600.0
OUTPUT = 1 << 30
PIECE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference as bytes (`refs/heads/main`), what it names, and the commit behind that, None when there is none."""

    name: bytes
    kind: str
    commit: str | None


class Repository:
    """Reads one repository; use it in a `with` block. Nothing of its configuration counts, and nothing is changed."""

    def __init__(self, git: Git, folder: Path) -> None:
        """Find the repository that `folder` is, or is in. Raises NotGitRepo, GitNotFound, CommandFailed."""
        self.git = git
        self.place = find_place(folder.resolve())
        require_sound(self.place)
        git.require()
        pairs = chosen([], git.listings.repository(self.place, git.list_settings), allow_filters=False)
        stand_in = git.stand_in(self.place.common_dir, written(pairs))
        self._environment = git.environment | repository_variables(self.place.git_dir, stand_in, None)
        self._reader: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Repository":
        return self

    def __exit__(self, *_: object) -> None:
        self._end_reader()

    def run(self, *arguments: str, stdin: bytes = b"", accept: Collection[int] = (0,)) -> bytes:
        """Run git and return what it prints. Raises CommandFailed with git's last words."""
        outcome = self.git.run(
            arguments,
            cwd=self.place.git_dir,
            environment=self._environment,
            timeout=SECONDS,
            max_output=OUTPUT,
            stdin=stdin,
        )
        if outcome.returncode not in accept:
            said = outcome.stderr.decode("utf-8", "replace").strip().splitlines()
            raise CommandFailed(
                f"git {arguments[0]} failed: {said[-1] if said else outcome.returncode}", hint="`git fsck` says more."
            )
        return outcome.stdout

    def head(self) -> tuple[bytes | None, str | None]:
        """Return the reference that HEAD names (None when it is detached) and its commit (None before the first)."""
        named = self.run("symbolic-ref", "-q", "HEAD", accept=(0, 1)).rstrip(b"\n") or None
        found = self.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}", accept=(0, 1, 128)).decode().strip()
        return named, found or None

    def refs(self) -> list[Ref]:
        """Return all references in order of their names."""
        raw = self.run("for-each-ref", "--format=%(objectname) %(objecttype) %(refname)")
        rows = [line.split(b" ", 2) for line in raw.split(b"\n") if line.count(b" ") >= 2]
        asked = b"".join(oid + b"^{commit}\n" for oid, _, _ in rows)
        peeled = self.run("cat-file", "--batch-check", "--buffer", stdin=asked).split(b"\n") if rows else []
        return [
            Ref(name, kind.decode(), found.split(b" ")[0].decode() if found.count(b" ") == 2 else None)
            for (_, kind, name), found in zip(rows, peeled, strict=False)
        ]

    def order(self, tips: Collection[str], *options: str) -> list[str]:
        """Return every commit that the tips reach, parents before children."""
        if not tips:
            return []
        asked = "".join(f"{oid}\n" for oid in tips).encode()
        return self.run("rev-list", "--topo-order", "--reverse", *options, "--stdin", stdin=asked).decode().split()

    @contextlib.contextmanager
    def object(self, oid: str) -> Iterator[tuple[str, int, Iterator[bytes]] | None]:
        """Open an object: its kind, its size and its content in pieces; None when it is missing or damaged."""
        reader = self._reader
        if reader is None or reader.poll() is not None:
            self._end_reader()
            reader = self._reader = self.git.open(
                ["cat-file", "--batch"], cwd=self.place.git_dir, environment=self._environment
            )
            if reader.stderr is not None:
                reader.stderr.close()  # it fills up, and every answer says what it has to say
        wanted, answers = reader.stdin, reader.stdout
        if wanted is None or answers is None:
            raise AssertionError("both ends are pipes")
        try:
            wanted.write(f"{oid}\n".encode())
            wanted.flush()
            head = answers.readline().split()
        except OSError:
            head = []
        if len(head) != 3:
            yield None
            return
        left = int(head[2]) + 1  # a line feed follows

        def pieces() -> Iterator[bytes]:
            nonlocal left
            while left > 1:
                piece = answers.read(min(left - 1, PIECE_BYTES))
                if not piece:
                    raise CommandFailed(f"git cannot read the object {oid}.", hint="`git fsck` says more.")
                left -= len(piece)
                yield piece

        try:
            yield head[1].decode(), int(head[2]), pieces()
        finally:
            while left > 0:
                gone = len(answers.read(min(left, PIECE_BYTES)))
                left -= gone or left

    def read(self, oid: str, most: int) -> tuple[str, bytes] | None:
        """Return kind and content of an object, None when it is missing, damaged or larger than `most` bytes."""
        with self.object(oid) as found:
            if found is None or found[1] > most:
                return None
            try:
                return found[0], b"".join(found[2])
            except CommandFailed:
                return None

    def _end_reader(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.kill()
            for pipe in (reader.stdin, reader.stdout, reader.stderr):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
            reader.wait()


def new_repository_environment(git: Git) -> dict[str, str]:
    """Return the environment in which git makes a repository and writes to it: no settings of anybody count."""
    return git.environment | {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
