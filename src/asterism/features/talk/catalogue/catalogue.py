"""The catalogue: a data file that says what is known of each model."""

from importlib import resources
from pathlib import Path

import msgspec

from asterism.base.errors import Invalid
from asterism.features.talk.catalogue.models import ModelSpec


def load_catalogue(path: Path | None = None) -> tuple[ModelSpec, ...]:
    """Read the catalogue, the built-in one without a path. Raises Invalid naming the file when it cannot be read."""
    try:
        raw = path.read_bytes() if path else resources.files(__package__).joinpath("catalogue.json").read_bytes()
        return tuple(msgspec.json.decode(raw, type=list[ModelSpec]))
    except (OSError, msgspec.MsgspecError) as error:
        raise Invalid(f"The model catalogue {path} cannot be read: {error}") from error
