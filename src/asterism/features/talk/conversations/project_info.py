"""What kind of project a conversation works on: read from the names in the top folder, and from what two files say."""

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from asterism.features.accounts.identity import Caller
from asterism.features.talk.conversations.service import get_conversation
from asterism.features.versions import storage, workspaces
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Tx

WRANGLER = ("wrangler.toml", "wrangler.json", "wrangler.jsonc")
RUNTIMES = {
    "bun.lock": "bun",
    "bun.lockb": "bun",
    "deno.json": "deno",
    "deno.jsonc": "deno",
    "package.json": "node",
    "pyproject.toml": "python",
    "requirements.txt": "python",
    "go.mod": "go",
    "Cargo.toml": "rust",
    "pom.xml": "java",
    "build.gradle": "java",
    "Gemfile": "ruby",
    "composer.json": "php",
    "mix.exs": "elixir",
    "Dockerfile": "docker",
}
FRAMEWORKS = ("next", "nuxt", "astro", "@remix-run/react", "@sveltejs/kit", "vite", "hono", "express", "fastify")
LARGEST = 256 * 1024
READ = frozenset({*WRANGLER, "package.json"})
_COMMENT = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', re.S)


@dataclass(frozen=True, slots=True)
class ProjectInfo:
    """What was found; `wrangler` projects are Cloudflare Workers."""

    type: Literal["wrangler", "unknown"]
    name: str | None = None
    config_file: str | None = None
    runtime: str | None = None
    framework: str | None = None


def read_project_info(tx: Tx, blobs: Blobs, caller: Caller, conversation_id: str) -> ProjectInfo:
    """Say what kind of project the conversation's working tree is. Raises UnknownConversation."""
    conversation = get_conversation(tx, caller, conversation_id)
    workspace, project = workspaces.workspace_and_project(tx, caller, conversation.workspace_id)
    tree = workspaces.working_manifest(tx, project, workspace)
    if tree is None:
        return ProjectInfo("unknown")
    top = storage.list_folder(tx, caller.user_id, tree, "", limit=10_000).items
    files = {node.name: node.hash for node in top if node.type == "file"}

    def text(name: str) -> str | None:
        try:
            data = storage.content(tx, blobs, caller.user_id, files[name])
        except storage.BlobsMissing:
            return None
        return data.decode("utf-8", "replace") if len(data) <= LARGEST else None

    return detect(files, text)


def detect(names: Mapping[str, Any], text: Callable[[str], str | None]) -> ProjectInfo:
    """Say what a top folder with these file names is; `text(name)` reads one of `READ`, None when it cannot."""
    config = next((name for name in WRANGLER if name in names), None)
    package = parsed("package.json", text) if "package.json" in names else {}
    wrangler = parsed(config, text) if config else {}
    title = wrangler.get("name") or package.get("name")
    return ProjectInfo(
        "wrangler" if config else "unknown",
        title if isinstance(title, str) and title else None,
        config,
        next((runtime for name, runtime in RUNTIMES.items() if name in names), None),
        framework_of(package),
    )


def framework_of(package: Mapping[str, Any]) -> str | None:
    """Return the framework that a package.json depends on."""
    used: set[str] = set()
    for kind in ("dependencies", "devDependencies"):
        listed = package.get(kind)
        used |= set(listed) if isinstance(listed, dict) else set()
    return next((name for name in FRAMEWORKS if name in used), None)


def parsed(name: str, text: Callable[[str], str | None]) -> dict[str, Any]:
    """Return what a TOML or JSON file (comments allowed) says; nothing when it cannot be read."""
    raw = text(name) or ""
    try:
        found = tomllib.loads(raw) if name.endswith(".toml") else json.loads(_COMMENT.sub(r"\1", raw))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
