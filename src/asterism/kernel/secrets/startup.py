"""What a start does about keys: make the first one, or prove that the present ones are the right ones."""

import sqlalchemy as sa

from asterism.kernel.db import Database, Tx, insert_ignore
from asterism.kernel.secrets import envelope
from asterism.kernel.secrets.keys import RESTORE, KeyRing, KeyStore, new_ring
from asterism.kernel.secrets.port import MasterKeyError, Place, SecretUnreadable
from asterism.kernel.secrets.tables import encryption_keys

PROOF = "this key opens this database"


def check_keys(db: Database, store: KeyStore) -> None:
    """Make sure that the ring of `store` is the one of this database; make both at the very first start.

    Raises MasterKeyError when the database knows a key and the ring does not, or knows it differently: going on would
    mix two keys and answer every stored secret with garbage.
    """
    ring = prove_keys(db, store)
    if ring is None:
        ring = store.create(new_ring(db.clock.now().date().isoformat()))
    with db.read() as tx:
        known = tx.all(sa.select(encryption_keys))
    for row in known:  # another process may have been faster
        _prove(ring, row["id"], row["proof"])
    if ring.active not in {row["id"] for row in known}:
        with db.write() as tx:
            record_key(tx, ring)


def prove_keys(db: Database, store: KeyStore) -> KeyRing | None:
    """Return the ring of `store`, None when neither it nor the database knows a key yet. Writes nothing.

    Raises MasterKeyError when the ring is missing, or not the one of this database.
    """
    ring = store.load()
    with db.read() as tx:
        known = tx.all(sa.select(encryption_keys))
    for row in known:
        if ring is None:
            raise MasterKeyError(
                "The master key of this data folder is missing, so its stored secrets cannot be read.", hint=RESTORE
            )
        _prove(ring, row["id"], row["proof"])
    return ring


def record_key(tx: Tx, ring: KeyRing) -> None:
    """Write down that this database is sealed with the ring's active key from now on."""
    proof = envelope.seal(ring, _place(ring.active), PROOF)
    insert_ignore(tx, encryption_keys, [{"id": ring.active, "proof": proof, "created_at": tx.now()}])


def forget_keys(tx: Tx, key_ids: set[str]) -> None:
    """Strike out keys that no stored secret names any more."""
    tx.execute(sa.delete(encryption_keys).where(encryption_keys.c.id.in_(sorted(key_ids))))


def _place(key_id: str) -> Place:
    return Place("encryption_keys", "proof", key_id)


def _prove(ring: KeyRing, key_id: str, proof: str) -> None:
    try:
        right = envelope.unseal(ring, _place(key_id), proof) == PROOF
    except SecretUnreadable:
        right = False
    if not right:
        raise MasterKeyError(
            f"The master key does not belong to this data folder: key {key_id} is missing or different.", hint=RESTORE
        )
