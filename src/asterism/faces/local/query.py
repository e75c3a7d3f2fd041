"""Query parameters of `/api`: wider booleans, bounded paging, same strictness (Stargazer [2.9], 0.8)."""

from typing import Annotated

import msgspec
from msgspec import Meta

from asterism.asgi.query import Dialect

DIALECT = Dialect(
    true=frozenset({"true", "1", "yes", "on", ""}),
    false=frozenset({"false", "0", "no", "off"}),
    clamps=False,
    empties=True,
)


class Page(msgspec.Struct):
    """A part of a list."""

    limit: Annotated[int, Meta(ge=1, le=1000)] = 500
    offset: Annotated[int, Meta(ge=0)] = 0


class ProjectPage(Page, rename="camel"):
    """A part of a list of all projects, or of the one with exactly this path."""

    project_path: str | None = None
