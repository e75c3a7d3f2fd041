"""Names of hosts."""

import ipaddress


def is_loopback(host: str) -> bool:
    """Say whether a host name can only be this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
