"""Which addresses this machine alone can reach."""

LOOPBACK = {"localhost", "::1"}


def is_loopback(host: str) -> bool:
    """Whether a server that binds `host` can be reached from this machine alone."""
    return host in LOOPBACK or (host.startswith("127.") and host.replace(".", "").isdigit())
