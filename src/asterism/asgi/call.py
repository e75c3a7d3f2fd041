"""One request on its way through an endpoint, as its handler sees it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from starlette.requests import Request

from asterism.kernel.db import Database, Tx


class Ports(Protocol):
    """What the edge needs of a running server; faces know the whole of it."""

    @property
    def db(self) -> Database:
        """The database in which handlers run."""
        ...


R = TypeVar("R", bound=Ports)


@dataclass(slots=True)
class Call(Generic[R]):
    """A request, the running server, and the transaction that the edge opened for a plain handler.

    `path` holds the parameters of the path as text. Each face extends this by whom or what it knows.
    """

    request: Request
    rt: R
    path: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    _tx: Tx | None = field(default=None, kw_only=True)

    @property
    def tx(self) -> Tx:
        """The open transaction; asking for it in an `async def` handler, or one without transaction, is a bug."""
        if self._tx is None:
            raise RuntimeError("this handler has no transaction; use call.rt.db.run")
        return self._tx
