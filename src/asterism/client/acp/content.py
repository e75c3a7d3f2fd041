"""What an editor sends with a prompt, as the text that an agent is given."""

import os
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

import acp
from acp import schema

from asterism.base.errors import Unsupported


def prompt_of(blocks: Sequence[Any], top: str) -> str:
    """Return a prompt as one text; files below `top` are named from there. Raises Unsupported for images and sound."""
    return "\n\n".join(_text(block, top) for block in blocks).strip()


def _text(block: Any, top: str) -> str:
    if isinstance(block, schema.TextContentBlock):
        return block.text
    if isinstance(block, schema.ResourceContentBlock):
        return _named(block.uri, top)
    if isinstance(block, schema.EmbeddedResourceContentBlock) and isinstance(
        block.resource, acp.schema.TextResourceContents
    ):
        return f"{_named(block.resource.uri, top)}:\n```\n{block.resource.text}\n```"
    raise Unsupported(
        f"A prompt with a block of type {block.type!r} cannot be sent.", hint="Send text and files of text."
    )


def _named(uri: str, top: str) -> str:
    """Return a file of the working copy by its path there, everything else as it is."""
    parts = urlsplit(uri)
    if parts.scheme != "file":
        return uri
    path = os.path.relpath(unquote(parts.path), top).replace(os.sep, "/")
    return uri if path == ".." or path.startswith("../") else path + (f" ({parts.fragment})" if parts.fragment else "")
