"""Who makes databases and storage for somebody: this machine, and providers where they have an account."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from asterism.features.operations.infrastructure.credentials import token_of
from asterism.kernel.clouds import Cloud
from asterism.kernel.db import Tx
from asterism.kernel.provisioning import Provisioner
from asterism.kernel.secrets import Secrets

LOCAL = "local"
Opened: TypeAlias = Callable[[str, Mapping[str, str]], Provisioner]
"""Makes a provisioner of a token and the metadata of its credential."""


@dataclass(frozen=True, slots=True)
class Provisioners:
    """`local` is everybody's; `accounts` says how somebody's account at a provider is used."""

    local: Provisioner
    accounts: Mapping[Cloud, Opened] = field(default_factory=dict)

    def of(self, tx: Tx, secrets: Secrets, user_id: str | None) -> Mapping[str, Provisioner]:
        """Return the provisioners of a user, by provider; the token stays in them. Raises SecretUnreadable."""
        found: dict[str, Provisioner] = {LOCAL: self.local}
        for cloud, opened in self.accounts.items():
            account = token_of(tx, secrets, user_id, cloud) if user_id is not None else None
            if account is not None:
                found[cloud.value] = opened(*account)
        return found
