"""`/v1/auth/devices`: the caller's signed-in devices, seen and signed out (Starbot 1.9)."""

from typing import Any

from asterism.faces.v1.call import Call, delete, get
from asterism.features.accounts import identity


@get("/v1/auth/devices")
def read(call: Call[None]) -> Any:
    """GET /v1/auth/devices: the caller's signed-in devices, last seen first."""
    shown = [device_entry(call, device) for device in identity.list_devices(call.tx, call.caller)]
    shown.sort(key=lambda entry: entry["last_seen_at"], reverse=True)
    return {"devices": shown}


@delete("/v1/auth/devices/{device_id:str}")
def revoke(call: Call[None]) -> Any:
    """DELETE /v1/auth/devices/:deviceId: sign one device out."""
    identity.revoke_device(call.tx, call.caller, call.path["device_id"], origin=call.origin)
    return {"success": True}


@delete("/v1/auth/devices")
def revoke_others(call: Call[None]) -> Any:
    """DELETE /v1/auth/devices: sign every device out but this one."""
    return {"success": True, "revoked": identity.revoke_other_devices(call.tx, call.caller, origin=call.origin)}


def device_entry(call: Call[Any], device: identity.Device) -> dict[str, Any]:
    """Write a device as lists show it."""
    return {
        "id": device.id,
        "name": device.name,
        "client_name": device.client_name,
        "client_version": device.client_version,
        "platform": device.platform,
        "kind": device.kind,
        "created_at": device.created_at,
        "last_seen_at": call.rt.sign_in.activity.device_seen_at(device.id, device.last_seen_at),
        "current": device.id == call.caller.device_id,
    }
