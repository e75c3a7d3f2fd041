"""The document itself: paths, operations, components, tags."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, get_type_hints

import msgspec

from asterism.asgi.endpoint import Endpoint, ErrorCase
from asterism.asgi.openapi.examples import example
from asterism.asgi.openapi.names import openapi_path, operation_id, resource
from asterism.asgi.signature import Outcome, members, split
from asterism.base.errors import DomainError, Kind, ShuttingDown, Unavailable

JSON = "application/json"
EVENT_STREAM = "text/event-stream"
Form = dict[str, Any]


class Described(Protocol):
    """What a face says about itself for the document."""

    name: str
    tags: Mapping[str, str]
    tags_events: bool
    """Whether the data of an event repeats its type, as its first member."""
    faults: Mapping[int, tuple[str, str]]
    """What every route may answer for no error of its own: by status the code, empty for none, and what happened."""

    def automatic(self, endpoint: Endpoint) -> Sequence[ErrorCase]:
        """Return the errors that follow from how the endpoint is declared."""
        ...

    def status_of(self, endpoint: Endpoint, kind: type[DomainError], code: str) -> int:
        """Return the status of an error here."""
        ...

    def envelope(self, endpoint: Endpoint) -> type[Any]:
        """Return the Struct of an error's body; `narrowed` says where it holds the word of one error."""
        ...

    def narrowed(self, endpoint: Endpoint, kind: Kind | None, code: str) -> tuple[str, Form] | None:
        """Return the word by which a program knows an error (None for none), and the JSON Schema of where it stands."""
        ...

    def security(self, endpoint: Endpoint) -> list[dict[str, list[str]]]:
        """Return the security requirements."""
        ...

    def parameters(self, endpoint: Endpoint) -> list[Form]:
        """Return request headers that the face itself reads."""
        ...


def document(
    mounted: Sequence[tuple[Described, Sequence[Endpoint]]], *, version: str, more: Mapping[str, Form]
) -> Form:
    """Return the OpenAPI 3.1 document of the endpoints as a JSON-able object; `more` are paths that no face serves."""
    schemas = Schemas(kind for face, endpoints in mounted for e in endpoints for kind in types_of(face, e))
    paths: dict[str, Form] = dict(more)
    tags: dict[str, str] = {}
    for face, endpoints in mounted:
        for endpoint in sorted(endpoints, key=lambda e: (e.path, e.method)):
            operation = Operation(face, endpoint, schemas).form()
            paths.setdefault(openapi_path(endpoint), {})[endpoint.method.lower()] = operation
            tags[operation["tags"][0]] = face.tags[resource(endpoint)]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Asterism",
            "version": version,
            "summary": "Versions, reviews and chats for AI-assisted software development, on one server.",
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": text} for name, text in tags.items()],
        "paths": paths,
        "components": {
            "schemas": schemas.components,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def require_tags(face: Described, endpoints: Sequence[Endpoint]) -> None:
    """Raise LookupError, naming the routes, when the face says nothing about a resource of one of the endpoints."""
    untold = [f"{each.method} {each.path}" for each in endpoints if resource(each) not in face.tags]
    if untold:
        raise LookupError(f"The description of the face {face.name} has no tag for {', '.join(untold)}.")


def tag_of(face: Described, endpoint: Endpoint) -> str:
    """Return the tag of an operation: the resource, with the name of the face where that is not `v1`."""
    return resource(endpoint) if face.name == "v1" else f"{face.name} {resource(endpoint)}"


def types_of(face: Described, endpoint: Endpoint) -> list[Any]:
    """Return every type that an operation's description refers to."""
    declared = endpoint.signature
    kinds = [endpoint.body, declared.takes and declared.takes.shape, face.envelope(endpoint)]
    for outcome in declared.outcomes:
        streamed = outcome.media == EVENT_STREAM and outcome.type is not Any
        kinds += members(outcome.type) if streamed else [outcome.type]
    kinds += declared.path.values()
    if declared.query is not None:
        kinds += get_type_hints(declared.query, include_extras=True).values()
    return [kind for kind in kinds if kind is not None and kind is not Any]


class Schemas:
    """The JSON Schema of every type, by the type; named ones are components."""

    def __init__(self, kinds: Any) -> None:
        unique = list({repr(kind): kind for kind in kinds}.values())
        forms, self.components = msgspec.json.schema_components(unique, ref_template="#/components/schemas/{name}")
        self._forms = {repr(kind): form for kind, form in zip(unique, forms, strict=True)}

    def of(self, kind: Any) -> Form:
        """Return the schema of a type that was named at the beginning; of Any one that says nothing."""
        return {} if kind is Any else self._forms[repr(kind)]

    def narrowed(self, kind: type[Any], word: str, form: Form) -> Form:
        """Return the schema of a named type that is narrowed by a form: a component, named by the word and the type."""
        name = f"{word.lower().removesuffix('_error').title().replace('_', '')}{kind.__name__}"
        whole = {"allOf": [self.of(kind), form]}
        if self.components.setdefault(name, whole) != whole:
            raise LookupError(f"{word} would be called {name} in the document, as another shape is.")
        return {"$ref": f"#/components/schemas/{name}"}


class Operation:
    """One operation of the document."""

    def __init__(self, face: Described, endpoint: Endpoint, schemas: Schemas) -> None:
        self.face, self.endpoint, self.schemas = face, endpoint, schemas

    def form(self) -> Form:
        """Return the operation object."""
        face, endpoint = self.face, self.endpoint
        form: Form = {
            "operationId": operation_id(endpoint, "" if face.name == "v1" else face.name),
            "summary": endpoint.summary[:1].upper() + endpoint.summary[1:],
            "tags": [tag_of(face, endpoint)],
            "security": face.security(endpoint),
        }
        if parameters := [*self._path(), *self._query(), *self._headers(), *face.parameters(endpoint)]:
            form["parameters"] = parameters
        if (body := self._body()) is not None:
            form["requestBody"] = body
        form["responses"] = dict(sorted((self._errors() | self._answers()).items()))
        return form

    def _path(self) -> list[Form]:
        names = [part[1:-1].partition(":")[0] for part in self.endpoint.path.split("/") if part[:1] == "{"]
        declared = self.endpoint.signature.path
        return [
            {"name": n, "in": "path", "required": True, "schema": self.schemas.of(declared.get(n, Any)) or TEXT}
            for n in names
        ]

    def _query(self) -> list[Form]:
        shape = self.endpoint.signature.query
        if shape is None:
            return []
        hints = get_type_hints(shape, include_extras=True)
        forms = []
        for field in msgspec.structs.fields(shape):
            form: Form = {
                "name": field.encode_name,
                "in": "query",
                "schema": not_null(self.schemas.of(hints[field.name])),
            }
            forms.append({**form, "required": True} if field.required else form)
        return forms

    def _headers(self) -> list[Form]:
        return [{"name": name, "in": "header", "schema": TEXT} for name in self.endpoint.signature.headers.values()]

    def _body(self) -> Form | None:
        endpoint = self.endpoint
        takes = endpoint.signature.takes
        if endpoint.body is not None:
            shape = self.schemas.of(endpoint.body)
            return {"required": has_required(endpoint.body), "content": {JSON: self._media(endpoint.body, shape)}}
        if takes is None:
            return None
        schema = BINARY if takes.shape is None else self.schemas.of(takes.shape)
        return {"required": takes.shape is None, "content": {media: {"schema": schema} for media in takes.media}}

    def _answers(self) -> Form:
        grouped: dict[int, list[Outcome]] = {}
        for outcome in self.endpoint.signature.outcomes:
            grouped.setdefault(outcome.status, []).append(outcome)
        return {str(status): self._answer(status, outcomes) for status, outcomes in sorted(grouped.items())}

    def _answer(self, status: int, outcomes: list[Outcome]) -> Form:
        form: Form = {"description": MEANING[status]}
        if headers := self.endpoint.headers:
            form["headers"] = {name: {"description": text, "schema": TEXT} for name, text in headers.items()}
        contents = {
            media: self._content(media, [one.type for one in outcomes if one.media == media])
            for media in dict.fromkeys(one.media for one in outcomes)
            if media is not None
        }
        return {**form, "content": contents} if contents else form

    def _content(self, media: str, kinds: list[Any]) -> Form:
        """Describe what is sent as a media type: one of the types, or bytes for None."""
        if media == EVENT_STREAM:
            return self._events(kinds[0])
        if kinds == [None]:
            return {"schema": BINARY}
        shapes = [self.schemas.of(kind) for kind in kinds]
        shape = shapes[0] if len(shapes) == 1 else {"anyOf": shapes}
        return self._media(kinds[0], shape) if media == JSON else {"schema": shape}

    def _events(self, union: Any) -> Form:
        """Describe an event stream: `x-events` says for each event what its `data:` line holds.

        OpenAPI 3.1 has no words for the items of a stream, so its schema is that of the text. A type without a tag is
        that of every other event, under `*`.
        """
        events = {}
        for kind in members(union) if union is not Any else ():
            tag, field = kind.__struct_config__.tag, kind.__struct_config__.tag_field
            form = self.schemas.of(kind)
            plain = tag is None or self.face.tags_events
            events[tag or "*"] = form if plain else self._untagged(form, field)
        return {"schema": TEXT, "x-events": events}

    def _untagged(self, form: Form, tag_field: str) -> Form:
        whole = self.schemas.components[form["$ref"].rpartition("/")[2]]
        properties = {name: kind for name, kind in whole["properties"].items() if name != tag_field}
        required = [name for name in whole["required"] if name != tag_field]
        return {**whole, "properties": properties, "required": required}

    def _media(self, kind: Any, shape: Form) -> Form:
        return {"schema": shape} if kind is Any else {"schema": shape, "example": example(kind)}

    def _errors(self) -> Form:
        by_status: dict[int, dict[tuple[Kind | None, str], str]] = {
            status: {(None, code): text} for status, (code, text) in self.face.faults.items()
        }
        for kind, code in all_errors(self.face, self.endpoint):
            status = self.face.status_of(self.endpoint, kind, code)
            by_status.setdefault(status, {})[kind.kind, code] = first_line(kind)
        forms: Form = {}
        for status, codes in sorted(by_status.items()):
            schema = self._error(codes)
            text = "\n".join(sorted(f"- `{code}`: {why}" if code else f"- {why}" for (_, code), why in codes.items()))
            forms[str(status)] = {"description": text, "content": {JSON: {"schema": schema}}}
        return forms

    def _error(self, codes: Iterable[tuple[Kind | None, str]]) -> Form:
        """Return the schema of a status: one of its errors, each a component, so that a client has one type for it."""
        envelope = self.face.envelope(self.endpoint)
        narrowed = [self.face.narrowed(self.endpoint, kind, code) for kind, code in codes]
        if None in narrowed:
            return self.schemas.of(envelope)
        words = dict(one for one in narrowed if one is not None)
        forms = [self.schemas.narrowed(envelope, word, words[word]) for word in sorted(words)]
        return forms[0] if len(forms) == 1 else {"anyOf": forms}


def all_errors(face: Described, endpoint: Endpoint) -> dict[ErrorCase, None]:
    """Return the declared errors of an endpoint and those that follow from its declaration, each once."""
    found: list[ErrorCase] = [*face.automatic(endpoint), *((kind, kind.code) for kind in (Unavailable, ShuttingDown))]
    found += [one if isinstance(one, tuple) else (one, one.code) for one in endpoint.errors]
    return dict.fromkeys(found)


def not_null(form: Form) -> Form:
    """Return the schema of a parameter: one that may be absent is never sent as null."""
    kinds = [one for one in form.get("anyOf", []) if one != {"type": "null"}]
    return {**kinds[0], **{k: v for k, v in form.items() if k not in {"anyOf", "default"}}} if len(kinds) == 1 else form


def has_required(shape: type[Any]) -> bool:
    """Whether a body must be sent: it has a field without default."""
    kind, _ = split(shape)
    return any(field.required for field in msgspec.structs.fields(kind))


def first_line(thing: type[Any]) -> str:
    """Return the first paragraph of a docstring as one line."""
    return " ".join((thing.__doc__ or "").partition("\n\n")[0].split())


TEXT: Form = {"type": "string"}
BINARY: Form = {"type": "string", "format": "binary"}
MEANING = {
    101: "The connection goes on as a WebSocket.",
    200: "It is done.",
    201: "Something was made.",
    202: "It has begun.",
    204: "There is nothing to send.",
    206: "One range of the bytes.",
    304: "The client has it already.",
    400: "Refused.",
    409: "The state of the thing forbids it now.",
}
