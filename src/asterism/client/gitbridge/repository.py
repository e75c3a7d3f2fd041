"""Reading a git repository: its commits in order, their trees, their contents. Runs git and nothing that git could run.

Only plumbing that reads objects is used (`rev-list`, `cat-file --batch`, `for-each-ref`), with hooks, file system
monitors and other programs of the configuration switched off.
"""

import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from asterism.base.errors import DomainError, Invalid, NotFound, Unavailable

_OFF = ("core.fsmonitor=false", f"core.hooksPath={os.devnull}", "protocol.allow=never", "gc.auto=0")
_KEPT = ("HOME", "XDG_CONFIG_HOME", "PATH", "TMPDIR", "SYSTEMROOT")


class NoRepository(Invalid):
    """The folder is no git repository."""

    code = "NO_REPOSITORY"


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit; `time` is the author's, in seconds since 1970. `oid` and `tree` are hex names of git objects."""

    oid: str
    tree: str
    parents: tuple[str, ...]
    author_name: str
    author_email: str
    time: int
    message: str


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """One row of a git tree; `mode` as git writes it (`100644`, `40000`, ...)."""

    mode: str
    name: bytes
    oid: str


def environment() -> dict[str, str]:
    """Return the variables git is started with: no `GIT_*` of the caller, nothing that asks or runs."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return kept | {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1"}


def arguments(folder: str, *words: str) -> list[str]:
    """Return the argument vector of a git command in `folder`."""
    settings = [part for setting in _OFF for part in ("-c", setting)]
    return ["git", "-C", folder, *settings, *words]


def run_git(folder: str, *words: str, text: bytes | None = None) -> bytes:
    """Run git to its end and return what it prints. Raises Unavailable (no git), Invalid (it failed)."""
    try:
        done = subprocess.run(
            arguments(folder, *words), input=text, capture_output=True, env=environment(), check=False
        )
    except FileNotFoundError as error:
        raise no_git() from error
    if done.returncode != 0:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise Invalid(f"git {words[0]} failed: {lines[-1] if lines else done.returncode}", code="GIT_FAILED")
    return done.stdout


def no_git() -> DomainError:
    """Say that there is no git program."""
    return Unavailable("There is no git program on this machine.", code="NO_GIT", hint="Install git and try again.")


class Repository:
    """A repository that is read. Use it in a `with` block: it keeps one `git cat-file` running."""

    def __init__(self, folder: str) -> None:
        if not os.path.isdir(folder):
            raise NotFound(f"There is no folder {folder!r}.")
        self.folder = folder
        try:
            run_git(folder, "rev-parse", "--git-dir")
        except Invalid as error:
            raise NoRepository(f"{folder} is no git repository: {error.message}") from error
        self._trees: dict[str, list[TreeEntry]] = {}
        self._reader: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Repository":
        return self

    def __exit__(self, *_: object) -> None:
        if self._reader is not None:
            self._reader.kill()
            self._reader.communicate()

    def head(self) -> str | None:
        """Return the commit that HEAD names, None before the first commit."""
        try:
            return run_git(self.folder, "rev-parse", "--verify", "--quiet", "HEAD^{commit}").decode().strip()
        except Invalid:
            return None

    def refs(self, prefix: str) -> Mapping[str, str]:
        """Return the commits that the refs below `prefix` name, by short name; refs to other objects are left out."""
        form = "%(objecttype)%(*objecttype) %(objectname) %(*objectname) %(refname)"
        found = {}
        for line in (
            run_git(self.folder, "for-each-ref", f"--format={form}", prefix).decode("utf-8", "replace").splitlines()
        ):
            kind, oid, peeled, name = line.split(" ", 3)
            if kind in ("commit", "tagcommit"):
                found[name.removeprefix(prefix).lstrip("/")] = peeled or oid
        return found

    def order(self, *tips: str) -> list[str]:
        """Return every commit that the tips reach, parents before children."""
        if not tips:
            return []
        listed = run_git(self.folder, "rev-list", "--topo-order", "--reverse", "--stdin", text="\n".join(tips).encode())
        return listed.decode().split()

    def commit(self, oid: str) -> Commit:
        """Return a commit."""
        kind, data = self.object(oid)
        if kind != "commit":
            raise Invalid(f"{oid} is a {kind}, no commit.", code="GIT_FAILED")
        return parse_commit(oid, data)

    def tree(self, oid: str) -> list[TreeEntry]:
        """Return the rows of a tree."""
        known = self._trees.get(oid)
        if known is None:
            _, data = self.object(oid)
            known = self._trees[oid] = list(parse_tree(data, len(oid) // 2))
        return known

    def object(self, oid: str) -> tuple[str, bytes]:
        """Return kind and content of an object. Raises Invalid when it is missing."""
        if self._reader is None:
            self._reader = subprocess.Popen(
                arguments(self.folder, "cat-file", "--batch"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment(),
            )
        wanted, answers = self._reader.stdin, self._reader.stdout
        if wanted is None or answers is None:
            raise AssertionError("both ends are pipes")
        wanted.write(f"{oid}\n".encode())
        wanted.flush()
        head = answers.readline().split()
        if len(head) != 3:
            raise Invalid(f"The repository lacks object {oid}.", code="GIT_FAILED", hint="`git fsck` says more.")
        data = answers.read(int(head[2]) + 1)
        return head[1].decode(), data[:-1]


def parse_tree(data: bytes, name_bytes: int) -> Iterator[TreeEntry]:
    """Read a raw tree object; `name_bytes` is the length of a raw object name (20 or 32)."""
    position = 0
    while position < len(data):
        space = data.index(b" ", position)
        end = data.index(b"\0", space)
        oid = data[end + 1 : end + 1 + name_bytes].hex()
        yield TreeEntry(data[position:space].decode(), data[space + 1 : end], oid)
        position = end + 1 + name_bytes


def parse_commit(oid: str, data: bytes) -> Commit:
    """Read a raw commit object."""
    head, _, message = data.partition(b"\n\n")
    fields: dict[str, list[bytes]] = {}
    for line in head.split(b"\n"):
        if not line.startswith(b" "):  # a continued line belongs to a signature
            key, _, value = line.partition(b" ")
            fields.setdefault(key.decode("latin-1"), []).append(value)
    encoding = fields.get("encoding", [b"utf-8"])[0].decode("latin-1")
    who, _, when = fields.get("author", [b" <> 0 +0000"])[0].rpartition(b"> ")
    name, _, email = who.partition(b"<")
    seconds = when.split(b" ")[0]
    return Commit(
        oid=oid,
        tree=fields["tree"][0].decode(),
        parents=tuple(parent.decode() for parent in fields.get("parent", [])),
        author_name=decode(name.strip(), encoding),
        author_email=decode(email.strip(), encoding),
        time=int(seconds) if seconds.lstrip(b"-").isdigit() else 0,
        message=decode(message, encoding),
    )


def decode(raw: bytes, encoding: str) -> str:
    """Read text in the encoding that a commit names; what does not fit it is read as Latin-1, which always fits."""
    try:
        text = raw.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        text = raw.decode("latin-1")
    return text.replace("\0", "")
