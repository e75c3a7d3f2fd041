"""How endpoints of `/api` are declared, and what their handlers are given (Stargazer 0.3-0.8)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Unpack

import msgspec

from asterism.asgi import call as asgi
from asterism.asgi.endpoint import Endpoint, Handler, Options, declare
from asterism.asgi.signature import Reads
from asterism.faces.local.bodies import check_uuid
from asterism.faces.runtime import Runtime
from asterism.features.review import trust

Uuid = Annotated[str, msgspec.Meta(extra_json_schema={"format": "uuid"}), Reads(check_uuid)]
"""A path parameter that must be a UUID; it arrives in lower case."""


@dataclass(slots=True)
class LocalCall(asgi.Call[Runtime]):
    """One request to `/api`. `root` and `trust` are set where the endpoint asked for them."""

    _root: Path | None = field(default=None, kw_only=True)
    _trust: trust.Trust | None = field(default=None, kw_only=True)

    @property
    def root(self) -> Path:
        """The canonical project root that the request is about."""
        if self._root is None:
            raise RuntimeError("this endpoint does not use the project root")
        return self._root

    @property
    def trust(self) -> trust.Trust:
        """What the owner allows in the root; reading at least."""
        if self._trust is None:
            raise RuntimeError("this endpoint is not guarded")
        return self._trust


@dataclass(frozen=True, slots=True)
class Rules:
    """What an endpoint of `/api` asks for.

    `root` resolves the project root, `guarded` also demands trust in it. `invalid` is the code of an unusable body;
    `empty_body` lets an absent one count as `{}`. `statuses` gives codes another status than usual.
    """

    root: bool = False
    guarded: bool = False
    invalid: str = "VALIDATION_ERROR"
    empty_body: bool = False
    statuses: Mapping[str, int] = field(default_factory=dict)

    @property
    def uses_root(self) -> bool:
        """Whether the request is about a project."""
        return self.root or self.guarded


def verb(method: str) -> Callable[..., Callable[[Handler], Endpoint]]:
    """Return the decorator that declares endpoints of a method."""

    def decorate(
        path: str,
        *,
        root: bool = False,
        guarded: bool = False,
        invalid: str = "VALIDATION_ERROR",
        empty_body: bool = False,
        statuses: Mapping[str, int] | None = None,
        **options: Unpack[Options],
    ) -> Callable[[Handler], Endpoint]:
        return declare(method, path, Rules(root, guarded, invalid, empty_body, statuses or {}), options)

    return decorate


get, post, delete = (verb(method) for method in ("GET", "POST", "DELETE"))
