"""`/v1/auth/devices`: the caller's signed-in devices, seen and signed out (Starbot 1.9)."""

from typing import Self

import msgspec

from asterism.faces.shapes import copied
from asterism.faces.v1.call import Call, delete, get
from asterism.faces.v1.wire import Done
from asterism.features.accounts import identity


class Device(msgspec.Struct):
    """A signed-in device; `current` is the one that asks."""

    id: str
    name: str
    client_name: str | None
    client_version: str | None
    platform: str | None
    kind: str
    created_at: str
    last_seen_at: str
    current: bool

    @classmethod
    def of(cls, device: identity.Device, call: Call) -> Self:
        """Write a device as lists show it."""
        seen = call.rt.sign_in.activity.device_seen_at(device.id, device.last_seen_at)
        return copied(cls, device, last_seen_at=seen, current=device.id == call.caller.device_id)


class DeviceList(msgspec.Struct):
    """Devices, last seen first."""

    devices: list[Device]


class OthersRevoked(msgspec.Struct):
    """How many devices were signed out."""

    success: bool
    revoked: int


@get("/v1/auth/devices")
def read(call: Call) -> DeviceList:
    """GET /v1/auth/devices: the caller's signed-in devices, last seen first."""
    shown = [Device.of(device, call) for device in identity.list_devices(call.tx, call.caller)]
    shown.sort(key=lambda entry: entry.last_seen_at, reverse=True)
    return DeviceList(shown)


@delete("/v1/auth/devices/{device_id:str}")
def revoke(call: Call, device_id: str) -> Done:
    """DELETE /v1/auth/devices/:deviceId: sign one device out."""
    identity.revoke_device(call.tx, call.caller, device_id, origin=call.origin)
    return Done()


@delete("/v1/auth/devices")
def revoke_others(call: Call) -> OthersRevoked:
    """DELETE /v1/auth/devices: sign every device out but this one."""
    count = identity.revoke_other_devices(call.tx, call.caller, origin=call.origin)
    return OthersRevoked(success=True, revoked=count)
