"""The memory fake: keys that last as long as the object."""


class MemoryCredentials:
    """Keeps keys in `kept`. `refuse` maps a method's name to the error that it raises instead of working."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.refuse: dict[str, Exception] = {}

    def check(self) -> None:
        """Succeed, unless told to refuse."""
        self._maybe_refuse("check")

    def read(self, account: str) -> str | None:
        """Return the key, None when there is none."""
        self._maybe_refuse("read")
        return self.kept.get(account)

    def write(self, account: str, text: str) -> None:
        """Keep the key."""
        self._maybe_refuse("write")
        self.kept[account] = text

    def delete(self, account: str) -> None:
        """Forget the key."""
        self._maybe_refuse("delete")
        self.kept.pop(account, None)

    def _maybe_refuse(self, name: str) -> None:
        if name in self.refuse:
            raise self.refuse[name]
