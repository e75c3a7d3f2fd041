"""Reading query parameters: strict, last one wins, problems named `query.<name>` (Fastest 0.2)."""

from collections.abc import Collection, Mapping

from asterism.base.errors import Invalid

MISSING = object()


class Query:
    """The query string of one request."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def check(self) -> None:
        """Raise Invalid for text that no database can hold."""
        for name, value in self._values.items():
            if "\x00" in value:
                raise Invalid.field(f"query.{name}", "holds U+0000")

    def text(self, name: str, default: str | None = None) -> str | None:
        """Return the value as it is, `default` when absent."""
        return self._values.get(name, default)

    def required(self, name: str) -> str:
        """Return a value that must be there and not be empty. Raises Invalid."""
        value = self._values.get(name)
        if not value:
            raise Invalid.field(f"query.{name}", "is required")
        return value

    def choice(self, name: str, allowed: Collection[str], default: str | None = None) -> str | None:
        """Return one of `allowed`, `default` when absent. Raises Invalid for anything else."""
        value = self._values.get(name, default)
        if value is not None and value not in allowed:
            raise Invalid.field(f"query.{name}", f"must be one of {', '.join(sorted(allowed))}")
        return value

    def integer(self, name: str, *, default: int, minimum: int = 0, maximum: int | None = None) -> int:
        """Return a decimal integer >= `minimum`; above `maximum` it is taken as the maximum. Raises Invalid."""
        value = self._values.get(name)
        if value is None:
            return default
        if not (value.isascii() and value.isdigit()) or len(value) > 15 or int(value) < minimum:
            raise Invalid.field(f"query.{name}", f"must be an integer of at least {minimum}")
        number = int(value)
        return number if maximum is None else min(number, maximum)

    def limit(self, *, default: int, maximum: int) -> int:
        """Return the page size: an integer >= 1, above `maximum` taken as the maximum. Raises Invalid."""
        return self.integer("limit", default=default, minimum=1, maximum=maximum)

    def flag(self, name: str, default: bool = False) -> bool:
        """Return a boolean, written `true` or `false`. Raises Invalid for anything else."""
        value = self._values.get(name)
        if value is None:
            return default
        if value not in {"true", "false"}:
            raise Invalid.field(f"query.{name}", "must be true or false")
        return value == "true"

    def cursor(self) -> str | None:
        """Return the cursor as sent, None when absent; the store that reads it checks it."""
        return self._values.get("cursor") or None
