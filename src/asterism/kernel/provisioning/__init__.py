"""Databases and storage made on demand: one port, an adapter per provider.

    made = await provisioner.make("database:postgres", unique_name("shop"))  # its connection is a secret
    await provisioner.destroy("database:postgres", made.id)

`LocalProvisioner` makes folders in the data folder and databases on servers that the operator lends;
`RailwayDatabases` and `R2Storage` work with somebody's account there; `MemoryProvisioner` is the fake.
"""

from asterism.kernel.provisioning.local import LocalProvisioner
from asterism.kernel.provisioning.memory import MemoryProvisioner
from asterism.kernel.provisioning.port import Made, Provisioner, ProvisioningFailed, unique_name
from asterism.kernel.provisioning.r2 import R2Storage
from asterism.kernel.provisioning.railway import RailwayDatabases

__all__ = [
    "LocalProvisioner",
    "Made",
    "MemoryProvisioner",
    "Provisioner",
    "ProvisioningFailed",
    "R2Storage",
    "RailwayDatabases",
    "unique_name",
]
