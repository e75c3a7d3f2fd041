"""What `wrangler` is told and what it says: names of Workers, generated configuration, the reported address. Pure."""

import json
import tomllib
from collections.abc import Mapping
from typing import Any, Final

from asterism.base.linear import compiled
from asterism.features.operations.detection import without_comments

CONFIGS: Final = ("wrangler.json", "wrangler.jsonc", "wrangler.toml")
NAME_LENGTH: Final = 40  # characters of a project's name in a Worker's
LONGEST_NAME: Final = 63  # of a label in a host name
_UNFIT: Final = compiled(r"[^a-z0-9]+")
_ADDRESS: Final = compiled(r"https?://[^\s\"'<>]+")
_COLOURS: Final = compiled(r"\x1b\[[0-9;?]*[A-Za-z]")
_REPORTS: Final = ("Deployed", "Published")


def worker_name(project_name: str, project_id: str, workspace_name: str | None) -> str:
    """Return the name of a Worker, which no two places share; `workspace_name` is None for main."""
    name = f"{_slug(project_name)[:NAME_LENGTH].strip('-') or 'app'}-{project_id[-10:].lower()}"
    tail = _slug(workspace_name or "")
    return f"{name}-{tail}"[:LONGEST_NAME].strip("-") if tail else name


def _slug(text: str) -> str:
    return _UNFIT.sub(lambda _: "-", text.lower()).strip("-")


def read_config(path: str, text: str) -> dict[str, Any] | None:
    """Return what a wrangler file says; None when it cannot be read."""
    try:
        found = tomllib.loads(text) if path.endswith(".toml") else json.loads(without_comments(text))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def generated_config(found: Mapping[str, Any], name: str, account_id: str, variables: Mapping[str, str]) -> str:
    """Return the configuration to deploy by: the tree's own, under our name, in the account, with plain variables."""
    own = found.get("vars")
    kept = {key: value for key, value in found.items() if key not in ("name", "account_id", "vars")}
    merged = {**(own if isinstance(own, dict) else {}), **variables}
    config = {"workers_dev": True, **kept, "name": name, "account_id": account_id, "vars": merged}
    return json.dumps(config, default=str)


def reported_address(output: str) -> str | None:
    """Return the address that wrangler reports after it has deployed, None when it reports none."""
    deployed = False
    for line in _COLOURS.sub(lambda _: "", output).splitlines():
        deployed = deployed or line.strip().startswith(_REPORTS)
        hit = _ADDRESS.search(line)
        if hit is not None and (deployed or ".workers.dev" in hit[0]):
            return hit[0].rstrip(".,)")
    return None
