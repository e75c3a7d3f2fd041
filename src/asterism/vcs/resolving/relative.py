"""Imports that name a file: `#include "x.h"`, `require_relative`, `source x.sh`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from asterism.vcs.facts import Facts, Import
from asterism.vcs.resolving.paths import Paths, join, nearest, parent


class Relative:
    """Resolves what is named as seen from the file; an `#include` also as seen from any folder, if that is one file."""

    def __init__(self, paths: Paths, files: Mapping[str, Facts]) -> None:
        self._paths = paths
        self._headers: dict[str, list[str]] = defaultdict(list)
        for path, facts in files.items():
            if facts.language in ("c", "cpp"):
                self._headers[path.rpartition("/")[2]].append(path)

    def targets(self, path: str, facts: Facts, statement: Import) -> Iterable[str]:
        """Return the file that a statement of the file at `path` names."""
        base = join(parent(path), statement.target)
        found = (
            None if base is None else self._paths.first([base, f"{base}.rb"] if facts.language == "ruby" else [base])
        )
        if found is None and facts.language in ("c", "cpp"):
            wanted = f"/{statement.target}"
            named = self._headers.get(statement.target.rpartition("/")[2], ())
            found = nearest((one for one in named if f"/{one}".endswith(wanted)), path)
        return () if found is None else (found,)
