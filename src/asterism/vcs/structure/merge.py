"""Three contents of a file in, the merged one out if there is one and it is proven."""

from dataclasses import dataclass

from asterism.vcs.structure import proof
from asterism.vcs.structure.grammars import MAX_BYTES, language_of
from asterism.vcs.structure.inline import join_names, join_sets
from asterism.vcs.structure.languages import is_manifest
from asterism.vcs.structure.markdown import read_markdown
from asterism.vcs.structure.marks import given_twice
from asterism.vcs.structure.members import Rules, merge_collections
from asterism.vcs.structure.pieces import Collection, Conflict
from asterism.vcs.structure.reader import read

_DATA = frozenset({"json", "yaml", "toml", "markdown"})


@dataclass(frozen=True, slots=True)
class StructureMerge:
    """A merged content, and the names of what was proven of it."""

    content: bytes
    proof: tuple[str, ...]


def merge_structure(path: str, base: bytes, ours: bytes, main: bytes) -> StructureMerge | None:
    """Merge three texts of the file at `path`; None when its language is not known or nothing proven comes out."""
    language = language_of(path)
    if language is None or max(len(base), len(ours), len(main)) > MAX_BYTES:
        return None
    merger = _Merger(language, path)
    try:
        result = merger.merge(base, ours, main)
        return StructureMerge(result, proof.ALL) if merger.proven(base, ours, main, result) else None
    except (Conflict, RecursionError):
        return None


class _Merger:
    """Merges texts of one file; what was read is kept, since the proof merges the same texts again."""

    def __init__(self, language: str, path: str) -> None:
        self.language = language
        self.path = path
        self.rules = Rules(join_added=language in _DATA, settle=join_sets if is_manifest(path) else join_names)
        self.known: dict[bytes, Collection] = {}

    def merge(self, base: bytes, ours: bytes, main: bytes) -> bytes:
        ended = _three(_ended(base), _ended(ours), _ended(main))
        merged = merge_collections(self._read(base), self._read(ours), self._read(main), self.rules).render()
        return merged if ended else merged.removesuffix(b"\n").removesuffix(b"\r")

    def _read(self, source: bytes) -> Collection:
        if not source.endswith(b"\n") and source:
            source += b"\n"
        if source not in self.known:
            found = read_markdown(source) if self.language == "markdown" else read(self.language, self.path, source)
            if found is None or found.render() != source:
                raise Conflict
            self.known[source] = found
        return self.known[source]

    def proven(self, base: bytes, ours: bytes, main: bytes, result: bytes) -> bool:
        """Check all that is asked of a result; each part is named in `proof`."""
        names = proof.doubled(self._read(result))  # reading it says that it parses
        allowed = proof.doubled(self._read(ours)) | proof.doubled(self._read(main))
        given, *before = (given_twice(self.language, text) for text in (result, ours, main))
        return (
            not names - allowed
            and not given - (before[0] | before[1])
            and proof.lines_kept(base, ours, main, result)
            and self.merge(base, main, ours) == result
            and self.merge(base, result, ours) == result
            and self.merge(base, result, main) == result
        )


def _ended(text: bytes) -> bool:
    return text.endswith(b"\n") or not text


def _three(base: bool, ours: bool, main: bool) -> bool:
    return main if ours == base else ours
