"""What hosting providers are asked for."""

from collections.abc import Collection
from enum import StrEnum
from typing import Final, Protocol

DEADLINE: Final = 10.0  # seconds, for a whole check
CLOUDFLARE_URL: Final = "https://api.cloudflare.com/client/v4"
RAILWAY_URL: Final = "https://backboard.railway.com/graphql/v2"


class Cloud(StrEnum):
    """A provider that wants a token."""

    CLOUDFLARE = "cloudflare"
    RAILWAY = "railway"


class TokenRefused(Exception):
    """The provider does not accept the token."""


class CloudUnreachable(Exception):
    """The provider did not answer in time, or answered nothing that can be understood."""


class CloudFailed(Exception):
    """A provider did not do what it was asked for; the text is for people."""


class CloudRefused(CloudFailed):
    """A provider says why not, in its own numbers too."""

    def __init__(self, message: str, codes: Collection[int] = ()) -> None:
        super().__init__(message)
        self.codes = frozenset(codes)


class CloudMissing(CloudFailed):
    """A provider does not know what it was asked about."""


class Clouds(Protocol):
    """Management APIs of hosting providers."""

    async def check(self, cloud: Cloud, token: str) -> None:
        """Ask the provider whether it accepts a token. Raises TokenRefused or CloudUnreachable."""
        ...
