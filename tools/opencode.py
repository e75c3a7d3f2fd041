"""Installs the pinned OpenCode for the tests: `python -m tools.opencode FOLDER PYTHON-WITH-NPM`."""

import sys
from pathlib import Path

from asterism.base.errors import DomainError
from asterism.kernel.agents.opencode import install_opencode
from asterism.kernel.agents.opencode.installation import NPM, installed_at


def main() -> int:
    """Install it unless it is there; say why not, and return 1, where it cannot be."""
    folder, python = (Path(argument).absolute() for argument in sys.argv[1:3])
    if installed_at(folder).exists():
        return 0
    try:
        install_opencode(folder, [str(python), *NPM])
    except DomainError as error:
        print(f"OpenCode is not tested: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
