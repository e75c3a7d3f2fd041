"""What providers hold for a project goes with it: however late, whatever fails, and once."""

import asyncio
from dataclasses import dataclass, field

import pytest

from asterism.base.clock import ManualClock
from asterism.features.accounts import identity
from asterism.features.accounts.identity import Caller
from asterism.features.operations import infrastructure
from asterism.features.operations.detection import Requirements
from asterism.features.operations.infrastructure import discards, store
from asterism.features.operations.infrastructure.models import Discard, Resource, Status
from asterism.features.versions import projects
from asterism.kernel.db import Database
from asterism.kernel.provisioning import Made, MemoryProvisioner, ProvisioningFailed
from asterism.kernel.secrets import memory_secrets

DAY = 24 * 3600
STORAGE = Requirements(needs_storage=True)


@dataclass
class World:
    """A person's project, and a provider that holds something for it."""

    db: Database
    clock: ManualClock
    provisioner: MemoryProvisioner = field(default_factory=MemoryProvisioner)
    caller: Caller = field(init=False)
    project: str = field(init=False)

    def __post_init__(self) -> None:
        with self.db.write() as tx:
            self.caller = Caller(identity.add_user(tx, "alice@example.org").id, "", "u", "cli")
            self.project = projects.create_project(tx, self.caller, name="Shop").id

    def provide(self) -> Resource:
        made = infrastructure.provide(
            self.db, memory_secrets(), infrastructure.Provisioners(self.provisioner), self.caller, self.project, STORAGE
        )
        return asyncio.run(made).made[0]

    def delete(self) -> None:
        with self.db.write() as tx:
            projects.delete_project(tx, self.caller, self.project)

    def purge(self) -> int:
        with self.db.write() as tx:
            return projects.purge_deleted(tx, infrastructure.discard_all)

    def destroy(self) -> None:
        asyncio.run(
            infrastructure.destroy_discarded(self.db, memory_secrets(), infrastructure.Provisioners(self.provisioner))
        )

    def resources(self) -> list[Resource]:
        with self.db.read() as tx:
            return store.project_resources(tx, self.project, deleted=True)

    def waiting(self) -> list[Discard]:
        with self.db.read() as tx:
            return store.due_discards(tx, "9999", 100)


@pytest.fixture
def world(db: Database, clock: ManualClock) -> World:
    return World(db, clock)


def test_what_is_held_stays_as_long_as_the_project_can_come_back(world: World) -> None:
    world.provide()
    world.delete()
    world.clock.advance(30 * DAY)
    assert world.purge() == 0
    world.destroy()
    assert len(world.provisioner.made) == 1
    world.clock.advance(0.001)
    assert world.purge() == 1
    world.destroy()
    assert world.provisioner.made == {}
    assert world.waiting() == []


def test_what_cannot_be_destroyed_is_tried_again_and_later_each_time(world: World) -> None:
    world.provide()
    world.delete()
    world.clock.advance(31 * DAY)
    world.purge()
    world.provisioner.failing = True
    for wait in (discards.FIRST_WAIT, 2 * discards.FIRST_WAIT):
        world.destroy()
        world.destroy()
        (one,) = world.waiting()
        world.clock.advance(wait - 0.001)
        world.destroy()
        assert world.waiting() == [one]
        world.clock.advance(0.001)
    for _ in range(20):
        world.destroy()
        world.clock.advance(discards.LONGEST_WAIT)
    world.provisioner.failing = False
    world.destroy()
    assert (world.provisioner.made, world.waiting()) == ({}, [])


def test_of_two_processes_one_destroys(world: World) -> None:
    resource = world.provide()
    with world.db.write() as tx:
        discards.discard(tx, resource, world.caller.user_id)
        discards.discard(tx, resource, world.caller.user_id)
        (one,) = store.due_discards(tx, tx.now(), 10)
        assert store.postpone_discard(tx, one, "2100-01-01T00:00:00.000Z")
        assert not store.postpone_discard(tx, one, "2100-01-02T00:00:00.000Z")


def test_what_a_crash_left_half_made_is_destroyed_when_it_is_made_again(world: World) -> None:
    killed = _Killed()
    world.provisioner = killed
    with pytest.raises(KeyboardInterrupt):
        world.provide()
    (left,) = killed.made
    killed.killed = False
    made = world.provide()
    assert set(killed.made) == {left, made.provider_resource_id}
    world.destroy()
    assert set(killed.made) == {made.provider_resource_id}
    assert [one.status for one in world.resources()] == [Status.DELETED, Status.READY]


def test_what_was_made_for_a_project_that_went_meanwhile_is_destroyed_at_once(world: World) -> None:
    world.provisioner = _Deleting(world)
    with pytest.raises((ProvisioningFailed, projects.UnknownProject)):
        world.provide()
    assert world.provisioner.made == {}


class _Killed(MemoryProvisioner):
    """Makes something, but nobody is left to hear of it."""

    killed = True

    async def make(self, kind: str, name: str) -> Made:
        made = await super().make(kind, name)
        if self.killed:
            raise KeyboardInterrupt
        return made


class _Deleting(MemoryProvisioner):
    """Takes so long that the project is deleted meanwhile."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    async def make(self, kind: str, name: str) -> Made:
        made = await super().make(kind, name)
        await asyncio.to_thread(self._world.delete)
        return made
