"""The form a plan is kept in: packed, without the contents that the merge made (they are stored as blobs). Pure."""

import zlib
from dataclasses import replace

import msgspec

from asterism.vcs.merge import Plan

_decoder = msgspec.msgpack.Decoder(Plan)


def pack(plan: Plan) -> bytes:
    """Write a plan."""
    light = replace(
        plan,
        actions=tuple(replace(action, content=None) for action in plan.actions),
        decisions=tuple(replace(decision, content=None) for decision in plan.decisions),
    )
    return zlib.compress(msgspec.msgpack.encode(light), 1)


def unpack(data: bytes) -> Plan:
    """Read a plan."""
    return _decoder.decode(zlib.decompress(data))
