"""docs/reference/settings.md: every setting, its variable, default and meaning."""

from pathlib import Path
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec

from asterism.server.settings import IN_WORKING_FOLDER, Settings
from tools.reference.tables import shape, table

INTRO = """# Settings

Read once at the start. A setting `data_dir` is the option `--data-dir` (where a command has it), the variable
`ASTERISM_DATA_DIR`, and the key `data_dir` of a file `asterism.toml`; what stands first in this list wins. The file is
the one that `--config` or `ASTERISM_CONFIG` names; default: the one in the user's folder for settings (`asterism config
show` says where that is).

An `asterism.toml` in the working folder is used only after `asterism config trust`, only as long as its content is the
same, and only for settings marked `*`: no address, program, folder or key comes from a folder somebody may have cloned.

A setting that does not exist or makes no sense is refused at the start. Content in S3 (`object_store`) is reached with
the usual `AWS_*` variables: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, `AWS_REGION`,
`AWS_ENDPOINT_URL` for another S3-compatible store (with `AWS_ALLOW_HTTP=true` when it has no TLS), and
`AWS_VIRTUAL_HOSTED_STYLE_REQUEST`; on a machine of Amazon's the role of the machine is found without any. Google Cloud
Storage takes `GOOGLE_SERVICE_ACCOUNT` (a file), Azure `AZURE_STORAGE_ACCOUNT_NAME` and `AZURE_STORAGE_ACCOUNT_KEY`."""


def page() -> str:
    """Write the page."""
    rows = []
    hints = get_type_hints(Settings, include_extras=True)
    for field in msgspec.structs.fields(Settings):
        kind, meaning = split(hints[field.name])
        default = value(field.default) if field.default_factory is msgspec.NODEFAULT else value(field.default_factory())
        star = " *" if field.name in IN_WORKING_FOLDER else ""
        rows.append([f"`{field.name}`{star}", f"`ASTERISM_{field.name.upper()}`", f"`{kind}`", default, meaning])
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
