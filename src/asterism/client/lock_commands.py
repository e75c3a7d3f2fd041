"""How lock files are written anew by their tools: told, and left to the person at this machine (ADR 0181)."""

from collections.abc import Iterable

_NPM = "npm install --package-lock-only"
COMMANDS = {
    "package-lock.json": _NPM,
    "npm-shrinkwrap.json": _NPM,
    "pnpm-lock.yaml": "pnpm install --lockfile-only",
    "yarn.lock": "yarn install",
    "uv.lock": "uv lock",
    "poetry.lock": "poetry lock",
    "Cargo.lock": "cargo update --workspace",
}


def anew(paths: Iterable[str]) -> list[str]:
    """Return, for each lock file whose tool is known, a sentence with the command that writes it from its manifests."""
    found = []
    for path in paths:
        folder, _, name = path.rpartition("/")
        if name in COMMANDS:
            found.append(f"`{COMMANDS[name]}` in {folder or 'the top folder'} writes {path} anew.")
    return found
