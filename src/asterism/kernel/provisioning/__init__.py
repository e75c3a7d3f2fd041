"""Databases and storage made on demand: one port, an adapter per provider.

    made = await provisioner.make("database:postgres", "shop")   # Made(id, connection), the latter a secret
    await provisioner.destroy("database:postgres", made.id)

`LocalProvisioner` makes folders in the data folder and databases on a PostgreSQL server that the operator lends;
`MemoryProvisioner` is the fake.
"""

from asterism.kernel.provisioning.local import LocalProvisioner
from asterism.kernel.provisioning.memory import MemoryProvisioner
from asterism.kernel.provisioning.port import Made, Provisioner, ProvisioningFailed

__all__ = ["LocalProvisioner", "Made", "MemoryProvisioner", "Provisioner", "ProvisioningFailed"]
