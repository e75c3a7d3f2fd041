"""What OpenCode is given at its start, all of it in its environment: a tree must not be able to steer it. Pure."""

import json
from collections.abc import Mapping
from typing import Any

from asterism.kernel.llm import Target, provider

PROVIDER, MODEL = "asterism", "m"
KEY_NAME = "ASTERISM_MODEL_KEY"
USER = "opencode"
_PACKAGES = {"openai": "@ai-sdk/openai-compatible", "anthropic": "@ai-sdk/anthropic", "google": "@ai-sdk/google"}
_OFF = (
    "DISABLE_PROJECT_CONFIG",  # opencode.json and .opencode of the tree are obeyed, plugins there are run
    "PURE",
    "DISABLE_MODELS_FETCH",
    "DISABLE_AUTOUPDATE",
    "DISABLE_DEFAULT_PLUGINS",
    "DISABLE_CLAUDE_CODE",
    "DISABLE_EXTERNAL_SKILLS",
    "DISABLE_LSP_DOWNLOAD",
)


def environment(
    target: Target, *, address: str, tree: str, password: str, desk: Mapping[str, Any] | None = None
) -> dict[str, str]:
    """Return the variables that configure a server for one model at `address`, as it is reached from inside.

    The key and the password are in them: the sandbox keeps them, no argument ever holds one.
    """
    found = {f"OPENCODE_{name}": "1" for name in _OFF}
    found["OPENCODE_SERVER_PASSWORD"] = password
    found["OPENCODE_CONFIG_CONTENT"] = json.dumps(configuration(target, address=address, tree=tree, desk=desk))
    if target.api_key:
        found[KEY_NAME] = target.api_key
    return found


def configuration(
    target: Target, *, address: str, tree: str, desk: Mapping[str, Any] | None = None
) -> Mapping[str, Any]:
    """Return OpenCode's configuration: one provider, one model for everything, no questions about permissions.

    `desk` is where it looks things up.
    """
    entry = provider(target.provider)
    options: dict[str, Any] = {"baseURL": address, "apiKey": f"{{env:{KEY_NAME}}}" if target.api_key else "none"}
    model = {
        "id": target.model,
        "name": target.model,
        "tool_call": True,
        "limit": {"context": 128_000, "output": 16_000},
    }
    name = f"{PROVIDER}/{MODEL}"
    return {
        "autoupdate": False,
        "share": "disabled",
        "snapshot": False,
        "lsp": False,
        "formatter": False,
        "permission": {"*": "allow", "external_directory": "allow", "doom_loop": "allow"},
        "enabled_providers": [PROVIDER],
        "model": name,
        "small_model": name,
        "instructions": [f"{tree}/AGENTS.md"],
        "mcp": desk or {},
        "provider": {
            PROVIDER: {
                "npm": _PACKAGES[entry.wire if entry is not None else "openai"],
                "options": options,
                "models": {MODEL: model},
            }
        },
    }
