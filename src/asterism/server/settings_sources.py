"""Where settings come from, and how far each place is believed (ADR 0037).

Weakest first: the defaults; `asterism.toml` in the user's folder for settings; `asterism.toml` in the working folder,
if the user trusts just this content, and then only for harmless settings; the `ASTERISM_*` variables; the options of
the command line. A file named by `--config` (or `ASTERISM_CONFIG`) takes the place of both. Nothing is passed over
silently: a setting that does not exist or makes no sense is refused by name.
"""

import difflib
import hashlib
import os
import re
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import platformdirs

from asterism.base.errors import Invalid, NotFound
from asterism.server.settings import ALIASES, EMPTY_COUNTS, IN_WORKING_FOLDER, Settings
from asterism.server.settings_rules import check_values, wording


class WrongSetting(Invalid):
    """A setting, or a file of settings, that cannot be used."""

    code = "WRONG_SETTING"


FILE_NAME = "asterism.toml"
CONFIG = "ASTERISM_CONFIG"
NEAR = 0.85
"""How like the name of a setting a variable must be to be taken for a misspelling of it."""
PREFIX = "ASTERISM_"
FILE_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Given:
    """One value with the place it was given in, as people call it."""

    value: Any
    place: str


def config_folder() -> Path:
    """Return the user's folder for settings."""
    return Path(platformdirs.user_config_dir("asterism", appauthor=False))


def load_settings(
    environment: Mapping[str, str],
    *,
    file: Path | None = None,
    overrides: Mapping[str, Any] | None = None,
    user_folder: Path | None = None,
    working_folder: Path | None = None,
) -> Settings:
    """Read the settings. Raises Invalid that names the setting, the place it was given in and what would be right.

    `file` is the one named by option. Without `user_folder` and `working_folder` no file is read that nobody named.
    """
    given = collect(environment, file=file, overrides=overrides, user_folder=user_folder, working_folder=working_folder)
    try:
        settings = msgspec.convert({k: g.value for k, g in given.items()}, Settings, strict=False, dec_hook=_convert)
    except msgspec.ValidationError as error:
        name = (re.findall(r"\$\.(\w+)", str(error)) or [""])[0]
        raise _wrong(name, given, wording(str(error))) from error
    for name, problem in check_values(settings):
        raise _wrong(name, given, problem)
    return settings


def collect(
    environment: Mapping[str, str],
    *,
    file: Path | None,
    overrides: Mapping[str, Any] | None,
    user_folder: Path | None,
    working_folder: Path | None,
) -> dict[str, Given]:
    """Return what was given for each setting, with its place. Raises Invalid for unknown names and unreadable files."""
    given: dict[str, Given] = {}
    named = file or (Path(environment[CONFIG]) if environment.get(CONFIG) else None)
    if named is not None:
        given |= read_file(named)
    else:
        if user_folder is not None and (user_folder / FILE_NAME).exists():
            given |= read_file(user_folder / FILE_NAME)
        if user_folder is not None and working_folder is not None:
            given |= _from_working_folder(working_folder / FILE_NAME, user_folder)
    given |= _from_environment(environment)
    given |= {
        name: Given(value, f"--{name.replace('_', '-')}")
        for name, value in (overrides or {}).items()
        if value is not None
    }
    return given


def read_file(path: Path) -> dict[str, Given]:
    """Return the settings of a file. Raises NotFound when there is none, Invalid when it is no file of settings."""
    try:
        with path.open("rb") as file:
            content = file.read(FILE_BYTES + 1)
        if len(content) > FILE_BYTES:
            raise WrongSetting(f"{path} is larger than a file of settings can be.")
        values = tomllib.loads(content.decode())
    except FileNotFoundError as error:
        raise NotFound(f"There is no file of settings {path}.") from error
    except OSError as error:
        raise WrongSetting(f"The file of settings {path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise WrongSetting(f"{path} is not valid TOML: {error}") from error
    known = Settings.__struct_fields__
    for name in values:
        if name not in known:
            raise WrongSetting(f"{path} sets {name!r}, which is no setting.", hint=_suggestion(name))
    return {name: Given(value, str(path)) for name, value in values.items()}


def _from_environment(environment: Mapping[str, str]) -> dict[str, Given]:
    given: dict[str, Given] = {}
    variables = {f"{PREFIX}{name.upper()}": name for name in Settings.__struct_fields__}
    for variable in environment:
        near = difflib.get_close_matches(variable, variables, 1, NEAR) if variable.startswith(PREFIX) else []
        if near and variable not in variables and variable.removeprefix(PREFIX) not in NO_SETTINGS:
            raise WrongSetting(f"{variable} is no setting.", hint=f"Did you mean {near[0]}?")
    for name in Settings.__struct_fields__:
        for variable in (*ALIASES.get(name, ()), f"{PREFIX}{name.upper()}"):
            if environment.get(variable, "") != "" or (variable in environment and name in EMPTY_COUNTS):
                given[name] = Given(environment[variable], variable)
    return given


NO_SETTINGS = frozenset({"URL", "TOKEN", "DEBUG", "CONFIG"})
"""Variables of the command line, by what follows the prefix."""


def _from_working_folder(path: Path, user_folder: Path) -> dict[str, Given]:
    """Return the harmless settings of a trusted file; say so when there is one that is not trusted."""
    if not path.is_file():
        return {}
    if not is_trusted(path, user_folder):
        sys.stderr.write(
            f"asterism: {path.absolute()} is not used, since nobody trusts it.\n"
            "hint: `asterism config trust` does, or name a file with --config.\n"
        )
        return {}
    given = read_file(path)
    check_harmless(path, given)
    return given


def check_harmless(path: Path, given: Mapping[str, Given]) -> None:
    """Raise Invalid when a file of a working folder sets more than such a file may: addresses, commands, keys."""
    refused = sorted(given.keys() - IN_WORKING_FOLDER)
    if refused:
        raise WrongSetting(
            f"{path} sets {', '.join(refused)}, which the file of a working folder may not.",
            hint=f"Put it into {config_folder() / FILE_NAME}, into the environment, or name the file with --config.",
        )


def is_trusted(path: Path, user_folder: Path) -> bool:
    """Say whether the user trusts this file with just the content it has now."""
    return _trusted(user_folder).get(str(path.resolve())) == _digest(path)


def trust(path: Path, user_folder: Path) -> None:
    """Note that the user trusts the file as it is now. Raises NotFound or Invalid."""
    check_harmless(path, read_file(path))
    _write_trusted(user_folder, _trusted(user_folder) | {str(path.resolve()): _digest(path)})


def distrust(path: Path, user_folder: Path) -> bool:
    """Forget that the user trusted the file; return whether that was so."""
    kept = _trusted(user_folder)
    known = kept.pop(str(path.resolve()), None) is not None
    if known:
        _write_trusted(user_folder, kept)
    return known


def _trusted(user_folder: Path) -> dict[str, str]:
    try:
        return msgspec.json.decode((user_folder / "trusted-settings.json").read_bytes(), type=dict[str, str])
    except (OSError, msgspec.MsgspecError):
        return {}  # what cannot be read is trusted by nobody


def _write_trusted(user_folder: Path, kept: Mapping[str, str]) -> None:
    path = user_folder / "trusted-settings.json"
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        user_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft.write_bytes(msgspec.json.encode(kept))
        draft.replace(path)
    except OSError as error:
        raise WrongSetting(f"{path} cannot be written: {error.strerror}.") from error


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.sha256(file.read(FILE_BYTES + 1)).hexdigest()


def _suggestion(name: str) -> str:
    near = difflib.get_close_matches(name, Settings.__struct_fields__, 1)
    known = f"There are: {', '.join(sorted(Settings.__struct_fields__))}."
    return f"Did you mean {near[0]!r}? {known}" if near else known


def _wrong(name: str, given: Mapping[str, Given], problem: str) -> WrongSetting:
    found = given.get(name)
    if found is None:
        return WrongSetting(f"The setting {name} is wrong: {problem}.", hint="See docs/reference/settings.md.")
    shown = "" if re.search(r"key|url|address", name) else f", not {str(found.value)[:100]!r}"
    return WrongSetting(
        f"The setting {name} ({found.place}) must be {problem}{shown}.", hint="See docs/reference/settings.md."
    )


def load_process_settings(overrides: Mapping[str, Any] | None = None, *, file: Path | None = None) -> Settings:
    """Read the settings of this process: the one place that looks at `os.environ` and the working folder."""
    return load_settings(
        os.environ, file=file, overrides=overrides, user_folder=config_folder(), working_folder=Path.cwd()
    )


def process_environment() -> Mapping[str, str]:
    """Return the live environment of this process, for what is looked up by name when it is needed."""
    return os.environ


def _convert(kind: type, value: Any) -> Any:
    if kind is Path and isinstance(value, str | Path):
        if "\0" in str(value):
            raise ValueError("Expected a path")
        try:
            return Path(value).expanduser().absolute()
        except RuntimeError as error:
            raise ValueError("Expected a path that begins with an existing user's folder") from error
    raise ValueError(f"Expected {kind.__name__}")
