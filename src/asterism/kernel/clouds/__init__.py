"""Hosting providers with accounts of their own: one port over their management APIs.

`HttpClouds` speaks to Cloudflare (its API v4) and Railway (GraphQL v2); `MemoryClouds` is the fake. Both answer within
`DEADLINE` seconds or raise `CloudUnreachable`. `Railway` deploys to the latter; `Cloudflare` calls the former.
"""

from asterism.kernel.clouds.calls import ASKS_WITHIN, member
from asterism.kernel.clouds.cloudflare import Cloudflare
from asterism.kernel.clouds.http import HttpClouds
from asterism.kernel.clouds.memory import MemoryClouds
from asterism.kernel.clouds.port import (
    CLOUDFLARE_URL,
    RAILWAY_URL,
    Cloud,
    CloudFailed,
    CloudMissing,
    CloudRefused,
    Clouds,
    CloudUnreachable,
    TokenRefused,
)
from asterism.kernel.clouds.railway import Railway, RailwayPlace, nodes_of, text_of

__all__ = [
    "ASKS_WITHIN",
    "CLOUDFLARE_URL",
    "RAILWAY_URL",
    "Cloud",
    "CloudFailed",
    "CloudMissing",
    "CloudRefused",
    "CloudUnreachable",
    "Cloudflare",
    "Clouds",
    "HttpClouds",
    "MemoryClouds",
    "Railway",
    "RailwayPlace",
    "TokenRefused",
    "member",
    "nodes_of",
    "text_of",
]
