"""The provider `cloudflare`: a Worker for each place, deployed by `wrangler` in the sandbox (Fastest 10.5).

Token and secrets reach wrangler by its environment and standard input, and it reaches the API by a door of the sandbox.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from asterism.features.operations.deployments.env import Variables
from asterism.features.operations.deployments.models import Step
from asterism.features.operations.deployments.workshop import StepFailed, Workshop
from asterism.features.operations.deployments.wrangler import generated_config, read_config, reported_address

ONLY_WRANGLER: Final = "Only Wrangler projects can go to Cloudflare"
NO_ACCOUNT: Final = "The Cloudflare credential names no account; store it anew with `account_id` in its metadata."
_CONFIG: Final = ".asterism.wrangler.json"
_DEPLOY: Final = (
    f'printf %s "$ASTERISM_CONFIG" > {_CONFIG} && exec "${{ASTERISM_WRANGLER:-wrangler}}" deploy -c {_CONFIG}'
)
_SECRETS: Final = (
    f'printf %s "$ASTERISM_SECRETS" | "${{ASTERISM_WRANGLER:-wrangler}}" secret bulk -c {_CONFIG}; '
    f"status=$?; rm -f {_CONFIG}; exit $status"
)
_KEPT: Final = 1 << 20  # bytes of what wrangler says that are read for an address


@dataclass(frozen=True, slots=True)
class CloudflareTarget:
    """Deploys one tree as the Worker `name`. `url` is the address of the API; `program` is wrangler's, if set."""

    url: str
    token: str = field(repr=False)
    account_id: str | None
    name: str
    program: str | None = None

    def check(self, config: tuple[str, str] | None) -> str:
        """Return the account when a tree with this wrangler file (path and text) can be deployed. Raises StepFailed."""
        if config is None or read_config(*config) is None:
            raise StepFailed(Step.DEPLOY, ONLY_WRANGLER)
        if not self.account_id:
            raise StepFailed(Step.DEPLOY, NO_ACCOUNT)
        return self.account_id

    async def deploy(
        self, workshop: Workshop, config: tuple[str, str] | None, variables: Variables, hear: Callable[[bytes], None]
    ) -> str:
        """Deploy what was built; return the address that wrangler reports. Raises StepFailed."""
        account = self.check(config)
        found = read_config(*config) if config is not None else None
        plain = {key: value for key, (value, secret) in variables.items() if not secret}
        secrets = {key: value for key, (value, secret) in variables.items() if secret}
        heard = bytearray()

        def listen(data: bytes) -> None:
            heard.extend(data[: _KEPT - len(heard)])
            hear(data)

        given = {
            "CLOUDFLARE_API_TOKEN": self.token,
            "CLOUDFLARE_ACCOUNT_ID": account,
            "WRANGLER_SEND_METRICS": "false",
            "NODE_ENV": "production",
            **({"ASTERISM_WRANGLER": self.program} if self.program else {}),
        }
        beyond = {"CLOUDFLARE_API_BASE_URL": self.url}
        written = {"ASTERISM_CONFIG": generated_config(found or {}, self.name, account, plain)}
        await workshop.perform(_DEPLOY, given | written, beyond, listen, shown="wrangler deploy")
        if secrets:
            texts = {"ASTERISM_SECRETS": json.dumps(secrets)}
            await workshop.perform(_SECRETS, given | texts, beyond, listen, shown="wrangler secret bulk")
        address = reported_address(bytes(heard).decode("utf-8", "replace"))
        if address is None:
            raise StepFailed(Step.DEPLOY, "wrangler reported no address.")
        return address
