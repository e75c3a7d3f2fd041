"""docs/reference/settings.md: every setting, its variable, default and meaning."""

from pathlib import Path
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec

from asterism.server.settings import Settings
from tools.reference.tables import shape, table

INTRO = """# Settings

Read once at the start from the environment, else from `asterism.toml` in the working folder; options of the command
line win over both. A setting `data_dir` is the variable `ASTERISM_DATA_DIR` and the key `data_dir` of the file."""


def page() -> str:
    """Write the page."""
    rows = []
    hints = get_type_hints(Settings, include_extras=True)
    for field in msgspec.structs.fields(Settings):
        kind, meaning = split(hints[field.name])
        default = value(field.default) if field.default_factory is msgspec.NODEFAULT else value(field.default_factory())
        rows.append([f"`{field.name}`", f"`ASTERISM_{field.name.upper()}`", f"`{kind}`", default, meaning])
    return f"{INTRO}\n\n{table(['setting', 'variable', 'type', 'default', 'meaning'], rows)}"


def split(annotation: Any) -> tuple[str, str]:
    """Return the type of a setting and the sentence attached to it."""
    if get_origin(annotation) is not Annotated:
        return shape(annotation), ""
    kind, *extras = get_args(annotation)
    sentences = [e.description for e in extras if isinstance(e, msgspec.Meta) and e.description]
    return shape(kind), " ".join(sentences)


def value(default: Any) -> str:
    """Write a default so that it is the same on every machine."""
    if default is msgspec.NODEFAULT:
        return "required"
    if isinstance(default, Path) and default.is_absolute():
        return "the platform's folder"
    if default in (None, ""):
        return "none"
    return f"`{default}`"
