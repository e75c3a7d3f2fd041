"""Command analyzers: programs that write SARIF, declared by the server's owner and never by a project ([5.34])."""

import posixpath
from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path

import msgspec

from asterism.base.errors import Invalid
from asterism.features.review.analyzers import sarif
from asterism.features.review.analyzers.models import SECONDS, AnalyzerFailed, Finding, Job
from asterism.features.review.findings import Lens

_FILES = "{files}"


class Declaration(msgspec.Struct, frozen=True, rename="camel"):
    """One entry of the file that `ASTERISM_REVIEW_COMMANDS` names."""

    id: str
    argv: list[str]
    globs: list[str] = []
    lens: Lens = Lens.CORRECTNESS
    timeout_seconds: float = SECONDS


class _File(msgspec.Struct):
    commands: list[Declaration]


class Command:
    """One declared program as an analyzer."""

    def __init__(self, declaration: Declaration) -> None:
        self.id = declaration.id
        self._declared = declaration

    def skipped(self, job: Job) -> str | None:
        """Run only where the project's trust allows commands, and never for staged changes (the tree differs)."""
        if not self._paths(job):
            return ""
        if job.root is None or not job.run_commands or job.staged:
            return "runCommands not granted" if not job.run_commands else "not for staged changes"
        return None

    async def run(self, job: Job) -> list[Finding]:
        """Run the program in the root; no shell, paths as separate arguments."""
        root = job.root
        if root is None:
            return []
        paths = self._paths(job)
        argv = [part for word in self._declared.argv for part in (paths if word == _FILES else [word])]
        done = await job.tools(argv, root, min(SECONDS, self._declared.timeout_seconds))
        if not done.stdout.strip():
            raise AnalyzerFailed(f"wrote nothing (status {done.returncode})")
        return sarif.parse(
            done.stdout,
            f"the output of {self.id}",
            root=root,
            files=job.by_path,
            fresh=lambda _file: True,
            default_lens=self._declared.lens,
        )

    def _paths(self, job: Job) -> list[str]:
        globs = self._declared.globs
        paths = [file.path for file in job.files if not file.deleted]
        chosen = [path for path in paths if not globs or _any(path, globs)]
        return [path if not path.startswith("-") else f"./{path}" for path in chosen]


def _any(path: str, globs: Sequence[str]) -> bool:
    return any(fnmatch(path, glob) or fnmatch(posixpath.basename(path), glob) for glob in globs)


def load(path: Path) -> list[Command]:
    """Read the declarations. Raises Invalid when the file cannot be read or is not of the documented form."""
    try:
        declared = msgspec.json.decode(path.read_bytes(), type=_File).commands
    except OSError as error:
        raise Invalid(f"The file of review commands cannot be read: {path.name}.") from error
    except msgspec.MsgspecError as error:
        raise Invalid(f"The file of review commands is not valid: {error}.") from error
    if any(not entry.id or not entry.argv for entry in declared):
        raise Invalid("Every review command needs an id and a non-empty argv.")
    return [Command(entry) for entry in declared]
