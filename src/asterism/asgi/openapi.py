"""What OpenAPI says about an endpoint beyond its path: the JSON body it takes and whether it needs a token."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

import msgspec
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody, Schema

BEARER: dict[str, list[str]] = {"bearer": []}


def body_schemas(bodies: Iterable[type[Any]]) -> tuple[dict[type[Any], dict[str, Any]], dict[str, Any]]:
    """Return the JSON Schema of each msgspec type, and the named components that those schemas refer to."""
    types = list(dict.fromkeys(bodies))
    schemas, components = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    return dict(zip(types, schemas, strict=True)), components


def operation_class(schema: dict[str, Any] | None, *, raw: bool, open_to_all: bool) -> type[Operation]:
    """Make the Operation class that Litestar fills for one endpoint.

    `schema` describes the JSON request, `raw` marks a body of bytes, `open_to_all` that no token is needed.
    """

    return type("Described", (EndpointOperation,), {"json_form": schema, "raw_body": raw, "open_to_all": open_to_all})


class Inline(Schema):
    """A schema that already has its final JSON form."""

    def __init__(self, form: dict[str, Any]) -> None:
        super().__init__()
        self.form = form

    def to_schema(self) -> dict[str, Any]:
        """Return the form as it is."""
        return self.form


@dataclass
class EndpointOperation(Operation):
    """An operation that knows its body; the facts stand on a subclass made for each endpoint.

    Only this class is a dataclass: making one costs a millisecond, and there are hundreds of endpoints at each start.
    """

    json_form: ClassVar[dict[str, Any] | None] = None
    raw_body: ClassVar[bool] = False
    open_to_all: ClassVar[bool] = False

    def __post_init__(self) -> None:
        """Add the body and the security to what Litestar found out by itself."""
        self.security = [] if self.open_to_all else [BEARER]
        if self.json_form is not None:
            described = OpenAPIMediaType(schema=Inline(self.json_form))
            self.request_body = RequestBody(content={"application/json": described})
        elif self.raw_body:
            binary = OpenAPIMediaType(schema=Inline({"type": "string", "format": "binary"}))
            self.request_body = RequestBody(content={"application/octet-stream": binary})
