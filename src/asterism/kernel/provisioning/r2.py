"""Storage at Cloudflare: an R2 bucket for each name, made and removed by the API v4.

Its address is `s3://ID:KEY@ACCOUNT.r2.cloudflarestorage.com/BUCKET`. R2 speaks S3, with the id of a token for the id of
a key and the SHA-256 of the token for the key, as Cloudflare documents it.
"""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from asterism.kernel.clouds import ASKS_WITHIN, CLOUDFLARE_URL, CloudFailed, Cloudflare, CloudRefused, text_of
from asterism.kernel.provisioning.port import Made, ProvisioningFailed

STORAGE: Final = "storage:blob"
NO_BUCKET, NOT_EMPTY = 10006, 10008  # R2's codes of errors
_AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where a bucket is spoken to by S3, and with which key."""

    endpoint: str
    name: str
    key_id: str
    key: str = field(repr=False)


async def empty(bucket: Bucket) -> None:
    """Delete everything in a bucket. Raises ProvisioningFailed."""
    import obstore
    from obstore.exceptions import BaseError
    from obstore.store import S3Store

    store = S3Store(
        bucket.name, endpoint=bucket.endpoint, access_key_id=bucket.key_id, secret_access_key=bucket.key, region="auto",
        client_options={"allow_http": bucket.endpoint.startswith("http:")},
    )  # fmt: skip
    try:
        async for found in obstore.list(store, chunk_size=_AT_ONCE):
            await obstore.delete_async(store, [one["path"] for one in found])
    except (BaseError, OSError) as error:
        raise ProvisioningFailed("the bucket could not be emptied; empty it at Cloudflare") from error


@dataclass(frozen=True, slots=True)
class R2Storage:
    """Buckets of one account; none can be made without its id. `emptied` empties a bucket that is to go."""

    token: str = field(repr=False)
    account_id: str | None
    url: str = CLOUDFLARE_URL
    emptied: Callable[[Bucket], Awaitable[None]] = empty
    seconds: float = field(default=ASKS_WITHIN, kw_only=True)

    def types(self) -> frozenset[str]:
        """Return storage."""
        return frozenset({STORAGE} if self.account_id else ())

    async def make(self, kind: str, name: str) -> Made:
        """Make a bucket."""
        self._check(kind)
        try:
            bucket = await self._bucket(name)
            await self._api.call("POST", f"/accounts/{self.account_id}/r2/buckets", {"name": bucket.name})
        except CloudFailed as error:
            raise ProvisioningFailed(str(error)) from error
        host = bucket.endpoint.removeprefix("https://")
        return Made(name, f"s3://{bucket.key_id}:{bucket.key}@{host}/{bucket.name}")

    async def destroy(self, kind: str, resource_id: str) -> None:
        """Remove a bucket with all that is in it."""
        self._check(kind)
        try:
            try:
                await self._remove(resource_id)
            except CloudRefused as refused:
                if NOT_EMPTY not in refused.codes:
                    raise
                await self.emptied(await self._bucket(resource_id))
                await self._remove(resource_id)
        except CloudFailed as error:
            raise ProvisioningFailed(str(error)) from error

    @property
    def _api(self) -> Cloudflare:
        return Cloudflare(self.url, self.token, self.seconds)

    async def _remove(self, name: str) -> None:
        try:
            await self._api.call("DELETE", f"/accounts/{self.account_id}/r2/buckets/{_called(name)}")
        except CloudRefused as refused:
            if NO_BUCKET not in refused.codes:
                raise

    async def _bucket(self, name: str) -> Bucket:
        key_id = text_of(await self._api.call("GET", "/user/tokens/verify"), "id")
        key = hashlib.sha256(self.token.encode()).hexdigest()
        return Bucket(f"https://{self.account_id}.r2.cloudflarestorage.com", _called(name), key_id, key)

    def _check(self, kind: str) -> None:
        if kind not in self.types():
            raise ProvisioningFailed(f"this Cloudflare account cannot make {kind}")


def _called(name: str) -> str:
    """Return the name of a bucket: R2 wants hyphens."""
    return name.replace("_", "-")
