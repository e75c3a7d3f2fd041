"""Which analyzers exist, and which of them are on."""

from collections.abc import Sequence
from pathlib import Path

from asterism.base.errors import Invalid
from asterism.features.review.analyzers import commands
from asterism.features.review.analyzers.bandit import Bandit
from asterism.features.review.analyzers.diff_rules import DiffRules
from asterism.features.review.analyzers.models import Analyzer
from asterism.features.review.analyzers.patterns import Patterns
from asterism.features.review.analyzers.ruff import Ruff
from asterism.features.review.analyzers.sarif import SarifFiles
from asterism.features.review.analyzers.secrets import Secrets
from asterism.features.review.analyzers.shellcheck import Shellcheck
from asterism.features.review.analyzers.syntax import Syntax

BUILT_IN: dict[str, type[Analyzer]] = {
    "secrets": Secrets,
    "diff-rules": DiffRules,
    "ruff": Ruff,
    "bandit": Bandit,
    "sarif": SarifFiles,
    "shellcheck": Shellcheck,
    "syntax": Syntax,
    "patterns": Patterns,
}
DEFAULT = ",".join(BUILT_IN)


def chosen(names: str, commands_file: Path | None = None) -> list[Analyzer]:
    """Return the analyzers of a comma-separated list, plus the declared commands; an empty list disables all.

    Raises Invalid for an unknown name.
    """
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    unknown = [name for name in wanted if name not in BUILT_IN]
    if unknown:
        raise Invalid(f"Unknown analyzer {unknown[0]!r}; there are: {', '.join(BUILT_IN)}.")
    out: list[Analyzer] = [BUILT_IN[name]() for name in dict.fromkeys(wanted)]
    if commands_file is not None:
        out += commands.load(commands_file)
    return out


def for_diff(analyzers: Sequence[Analyzer]) -> list[Analyzer]:
    """Return those that may run on a posted diff: nothing that reads a project (Stargazer [10.2])."""
    return [one for one in analyzers if not isinstance(one, SarifFiles | commands.Command)]
