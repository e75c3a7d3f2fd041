"""What a writer appends: typed facts, and the JSON that a stream keeps of them."""

import msgspec

_encode = msgspec.json.Encoder().encode


class Fact(msgspec.Struct, frozen=True, tag_field="type"):
    """The base of every event that a feature appends; a subclass is tagged with the event's type.

    The order of its fields is the order in the JSON. Fields that are UNSET are left out.
    """


def type_of(fact: Fact | type[Fact]) -> str:
    """Return the type of an event: the tag of its class."""
    return str(fact.__struct_config__.tag)


def data_of(fact: Fact) -> bytes:
    """Return the fields of a fact as a JSON object on one line, without its type."""
    return _untagged(type_of(fact), _encode(fact))


def tagged(type_: str, data: bytes) -> bytes:
    """Return the data of an event with its type in front, as `{"type": …, …}`."""
    return _head(type_) + (b"}" if data == b"{}" else b"," + data[1:])


def _untagged(type_: str, whole: bytes) -> bytes:
    rest = whole[len(_head(type_)) :]
    return b"{}" if rest == b"}" else b"{" + rest[1:]


def _head(type_: str) -> bytes:
    return b'{"type":"%s"' % type_.encode()
