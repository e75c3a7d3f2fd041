"""What is left out when the copy of an agent is collected (Fastest 8.6)."""

from asterism.kernel.workcopy.rules import Policy
from asterism.vcs.ignore import RULE_FILES

LEFT_OUT = frozenset(
    {
        ".fst",
        "node_modules",
        "__pycache__",
        ".venv",
        ".next",
        ".turbo",
        ".cache",
        ".DS_Store",
        "Thumbs.db",
    }
)
"""Names that are never collected, wherever they are, unless the tree had them already. `.git` is one anyway."""

MOST_NAMES = 400_000
"""A copy with more names than this is not looked at to the end; it is far too large by then."""

POLICY = Policy(
    rule_files=(RULE_FILES[0], ".fstignore", *RULE_FILES[1:]),
    left_out=LEFT_OUT,
    wary=True,
    most=MOST_NAMES,
)
