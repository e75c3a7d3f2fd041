"""Builds the sign-in services from the settings, and writes down who was seen."""

import structlog

from asterism.asgi.limits import Limits
from asterism.base.clock import Clock
from asterism.base.errors import Invalid, Unavailable
from asterism.faces.runtime import SignIn
from asterism.features.accounts.identity import Activity, Lifetimes, SignUp
from asterism.kernel.db import Database
from asterism.kernel.oidc import IdTokens, JwksCache, Provider, fetch_over_http, google
from asterism.server.front import addresses_of
from asterism.server.rounds import Rounds
from asterism.server.settings import Settings

FLUSH_SECONDS = 5.0
log = structlog.get_logger("asterism")


def build_sign_in(settings: Settings, clock: Clock) -> SignIn:
    """Build the sign-in services. Raises Invalid for a setting that makes no sense."""
    return SignIn(
        addresses=addresses_of(settings),
        limits=Limits(clock, enabled=settings.rate_limits == "on"),
        id_tokens=IdTokens(clock, JwksCache(clock, fetch_over_http)),
        lifetimes=Lifetimes(
            access=settings.access_ttl, refresh=settings.refresh_ttl, refresh_grace=settings.refresh_grace
        ),
        providers=_providers(settings),
        device_seconds=settings.device_code_ttl,
        poll_seconds=settings.device_poll_interval,
        origins=frozenset(_words(settings.cors_origins)) - {"*"},
    )


def _providers(settings: Settings) -> dict[str, tuple[Provider, SignUp]]:
    providers = {}
    if client_ids := _words(settings.google_client_id):
        sign_up = SignUp(settings.owner_email, frozenset(_words(settings.google_allowed.lower())))
        providers["google"] = (google(client_ids, settings.google_jwks_url), sign_up)
    if settings.oidc_issuer:
        if not (client_ids := _words(settings.oidc_client_id)):
            raise Invalid("ASTERISM_OIDC_ISSUER needs ASTERISM_OIDC_CLIENT_ID.")
        sign_up = SignUp(settings.owner_email, frozenset(_words(settings.oidc_allowed.lower())))
        provider = Provider("oidc", (settings.oidc_issuer,), client_ids, settings.oidc_jwks_url)
        providers["oidc"] = (provider, sign_up)
    return providers


def _words(setting: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in setting.split(",") if word.strip())


class ActivityWriter:
    """Writes down every few seconds which tokens were used, outside every request."""

    def __init__(self, db: Database, activity: Activity) -> None:
        self._db = db
        self._activity = activity
        self._rounds = Rounds(self._flush, FLUSH_SECONDS)

    def start(self) -> None:
        """Begin."""
        self._rounds.start()

    async def stop(self) -> None:
        """End, with everything written."""
        await self._rounds.stop()

    async def _flush(self) -> None:
        if not self._activity.waiting():
            return
        try:
            await self._db.run(self._activity.flush)
        except Unavailable as error:
            log.warning("uses not written", problem=error.message)  # the next round tries again
