"""Calls in a user's name: the stored credential, its renewal, what is known of limits, and errors by Starbot 8.5."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec

from asterism.base.clock import Clock, shift
from asterism.features.talk.integrations import headers, replies, store
from asterism.features.talk.integrations.errors import ReauthRequired
from asterism.features.talk.integrations.limits import KnownLimits
from asterism.features.talk.integrations.models import LABELS, Connection, Credential, ProviderName, Services
from asterism.features.talk.integrations.signing_in import SigningIn
from asterism.features.talk.tools import IntegrationNotConnected
from asterism.kernel.db import Database, Tx
from asterism.kernel.secrets import Place, Secrets
from asterism.kernel.upstreams import Call, Reply, UpstreamFailure, Upstreams

EARLY = timedelta(minutes=5)  # how long before its end a token of an installation is not used any more
LEASE_SECONDS = 60  # how long one process may take to refresh a credential
LOOK_SECONDS = 0.1


class Access:
    """Sends calls for users. Remembers, in this process, tokens of installations and the limits that services told."""

    def __init__(self, db: Database, secrets: Secrets, upstreams: Upstreams, services: Services, clock: Clock) -> None:
        self.services, self.clock = services, clock
        self._db, self._secrets, self._upstreams = db, secrets, upstreams
        self.signing_in = SigningIn(upstreams, services, clock)
        self.limits = KnownLimits()
        self._app_tokens: dict[int, tuple[str, datetime]] = {}
        self._app_locks: dict[int, asyncio.Lock] = {}

    async def send(
        self, user_id: str, provider: ProviderName, call: Call, *, resource: str = "core", cleaning_up: bool = False
    ) -> Reply:
        """Send a call, `base` and authorization added, and return its reply, which is fine.

        Raises IntegrationNotConnected and the errors of Starbot 8.5. A credential that is refused is renewed once where
        that is possible; else the integration needs to be connected again. While a limit is known nothing is sent,
        unless it is `cleaning_up` what a call before it left.
        """
        connection = await self._db.run_read(self.connection, user_id, provider)
        if not cleaning_up:
            self.limits.check(user_id, provider, resource, self.clock.now())
        token = await self._token(connection)
        reply = await self._exchange(provider, call, token)
        if reply.status == 401:
            renewed = await self._renewed(user_id, connection, token)
            if renewed is not None:
                token = renewed
                reply = await self._exchange(provider, call, token)
        self.limits.note(user_id, provider, resource, reply, self.clock.now())
        if reply.status == 401:
            await self._db.run(store.set_status, connection.id, connection.connected_at, "needs_reauth")
        elif reply.ok and connection.status != "ok":
            await self._db.run(store.set_status, connection.id, connection.connected_at, "ok")
        if not reply.ok:
            raise replies.refusal(provider, reply, self.clock.now(), token)
        return reply

    def connection(self, tx: Tx, user_id: str, provider: ProviderName) -> Connection:
        """Return a stored integration with its credential. Raises IntegrationNotConnected, SecretUnreadable."""
        row = store.row(tx, user_id, provider)
        if row is None:
            raise IntegrationNotConnected(LABELS[provider])
        opened = self._secrets.open(place(row["id"]), row["credential"])
        credential = msgspec.json.decode(opened, type=Credential)
        return Connection(row["id"], provider, row["auth_type"], row["status"], row["connected_at"], credential)

    def seal(self, row_id: str, credential: Credential) -> str:
        """Return a credential as it is stored."""
        return self._secrets.seal(place(row_id), msgspec.json.encode(credential).decode())

    async def _exchange(self, provider: ProviderName, call: Call, token: str) -> Reply:
        sent = {**headers.headers(self.services, provider, token), **call.headers}
        whole = replace(call, base=headers.base_url(self.services, provider), headers=sent)
        try:
            return await self._upstreams.send(whole)
        except UpstreamFailure as problem:
            raise replies.failure(provider, problem) from None

    async def _token(self, connection: Connection, *, refused: str | None = None) -> str:
        """Return what to send; a token of an installation is made when there is none, or it was `refused`."""
        number = connection.credential.installation_id
        if number is None:
            return connection.credential.token
        lock = self._app_locks.setdefault(number, asyncio.Lock())
        async with lock:
            token, expires_at = self._app_tokens.get(number, (None, None))
            if token and expires_at and token != refused and self.clock.now() + EARLY < expires_at:
                return token
            try:
                made = await self.signing_in.installation_token(number)
            except ReauthRequired:
                await self._db.run(store.set_status, connection.id, connection.connected_at, "needs_reauth")
                raise
            self._app_tokens[number] = made
            return made[0]

    async def _renewed(self, user_id: str, connection: Connection, token: str) -> str | None:
        """Return a token in place of a refused one, None when there is none to be had."""
        if connection.credential.installation_id is not None:
            return await self._token(connection, refused=token)
        if connection.credential.refresh_token is None:
            return None
        while True:
            until = shift(await self._db.run_read(lambda tx: tx.now()), seconds=LEASE_SECONDS)
            claimed = await self._db.run(store.claim_refresh, connection.id, until)
            current = await self._db.run_read(self.connection, user_id, connection.provider)
            if claimed:
                return await asyncio.shield(self._refresh(current, until, token))
            if current.credential.token != token:
                return current.credential.token
            await asyncio.sleep(LOOK_SECONDS)

    async def _refresh(self, current: Connection, until: str, refused: str) -> str | None:
        """Refresh with the lease held, and give it back. Only here are tokens exchanged, once for all who wait."""
        sealed: str | None = None
        status: str | None = None
        try:
            if current.credential.token != refused:  # somebody was faster
                return current.credential.token
            found = await self.signing_in.refresh(current.provider, current.credential.refresh_token or "")
            if found is None:
                status = "needs_reauth"
                return None
            sealed, status = self.seal(current.id, found), "ok"
            return found.token
        finally:
            await self._db.run(store.end_refresh, current.id, until, sealed, status)


def place(row_id: str) -> Place:
    """Return where a credential is sealed for: the id names user and service, so it opens for nobody else."""
    return Place("integrations", "credential", row_id)


def row_id(user_id: str, provider: ProviderName) -> str:
    """Return the id of a user's integration with a service."""
    return f"{user_id}.{provider}"
