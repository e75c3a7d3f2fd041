"""Hosting providers with accounts of their own: one port over their management APIs.

`HttpClouds` speaks to Cloudflare (its API v4) and Railway (GraphQL v2); `MemoryClouds` is the fake. Both answer within
`DEADLINE` seconds or raise `CloudUnreachable`. `Railway` deploys to the latter.
"""

from asterism.kernel.clouds.http import HttpClouds
from asterism.kernel.clouds.memory import MemoryClouds
from asterism.kernel.clouds.port import (
    CLOUDFLARE_URL,
    RAILWAY_URL,
    Cloud,
    CloudFailed,
    Clouds,
    CloudUnreachable,
    TokenRefused,
)
from asterism.kernel.clouds.railway import Railway, RailwayPlace

__all__ = [
    "CLOUDFLARE_URL",
    "RAILWAY_URL",
    "Cloud",
    "CloudFailed",
    "CloudUnreachable",
    "Clouds",
    "HttpClouds",
    "MemoryClouds",
    "Railway",
    "RailwayPlace",
    "TokenRefused",
]
