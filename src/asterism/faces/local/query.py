"""Query parameters of `/api`: wider booleans, bounded paging, same strictness (Stargazer [2.9], 0.8)."""

from asterism.asgi.legacy_query import Query
from asterism.base.errors import Invalid

TRUE = frozenset({"true", "1", "yes", "on", ""})
FALSE = frozenset({"false", "0", "no", "off"})
MOST = 1000


class LocalQuery(Query):
    """The query string of one request to `/api`."""

    def text(self, name: str, default: str | None = None) -> str | None:
        """Return the value as it is, `default` when absent. Raises Invalid for a NUL, which no database can hold."""
        value = self.any_text(name)
        if value is None:
            return default
        if "\0" in value:
            raise Invalid.field(f"query.{name}", "holds a NUL")
        return value

    def any_text(self, name: str) -> str | None:
        """Return the value whatever it holds, for callers with an error of their own."""
        return super().text(name)

    def flag(self, name: str, default: bool = False) -> bool:
        """Return a boolean in one of its spellings; an empty value is true. Raises Invalid for anything else."""
        value = self.text(name)
        if value is None:
            return default
        if value in TRUE:
            return True
        if value in FALSE:
            return False
        raise Invalid.field(f"query.{name}", "must be true or false")

    def bounded(self, name: str, *, default: int, minimum: int, maximum: int | None = None) -> int:
        """Return an integer within bounds; outside them it is refused, not taken as the bound. Raises Invalid."""
        value = self.integer(name, default=default, minimum=minimum)
        if maximum is not None and value > maximum:
            raise Invalid.field(f"query.{name}", f"must be at most {maximum}")
        return value

    def window(self) -> tuple[int, int]:
        """Return `limit` (1 to 1000, by default 500) and `offset` (by default 0). Raises Invalid."""
        return self.bounded("limit", default=500, minimum=1, maximum=MOST), self.bounded("offset", default=0, minimum=0)
