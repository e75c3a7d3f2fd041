"""Hosting providers with accounts of their own: one port over their management APIs.

`HttpClouds` speaks to Cloudflare (its API v4) and Railway (GraphQL v2); `MemoryClouds` is the fake. Both answer within
`DEADLINE` seconds or raise `CloudUnreachable`.
"""

from asterism.kernel.clouds.http import HttpClouds
from asterism.kernel.clouds.memory import MemoryClouds
from asterism.kernel.clouds.port import CLOUDFLARE_URL, RAILWAY_URL, Cloud, Clouds, CloudUnreachable, TokenRefused

__all__ = [
    "CLOUDFLARE_URL",
    "RAILWAY_URL",
    "Cloud",
    "CloudUnreachable",
    "Clouds",
    "HttpClouds",
    "MemoryClouds",
    "TokenRefused",
]
