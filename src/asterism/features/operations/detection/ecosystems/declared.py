"""What a tree itself says about how it is built and started: a Procfile, else the file of a host that knows it.

Hosts' files come after the scripts of an app and before what its framework is usually run with.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final

from asterism.base.linear import compiled
from asterism.features.operations.detection.source import Source, member, text_member

_RENDER: Final = {name: compiled(rf"(?m)^[ \t-]*{name}:[ \t]*(\S[^\n]*)$") for name in ("buildCommand", "startCommand")}
_STATIC_ROOT = compiled(r"(?m)^root:[ \t]*(\S+)")
_ONLY_INSTALLS = compiled(r"(?:pip3?|npm|pnpm|yarn|bun|uv|poetry|bundle|composer)(?: (?:install|ci|sync)\b[^;&|]*)?")
_JSON: Final = (
    ("railway.json", ("build", "buildCommand"), ("deploy", "startCommand"), ()),
    ("railpack.json", ("steps", "build", "commands"), ("deploy", "startCommand"), ()),
    ("nixpacks.json", ("phases", "build", "cmds"), ("start", "cmd"), ()),
    ("vercel.json", ("buildCommand",), (), ("outputDirectory",)),
    ("static.json", (), (), ("root",)),
)
_TOML: Final = (
    ("railway.toml", ("build", "buildCommand"), ("deploy", "startCommand"), ()),
    ("nixpacks.toml", ("phases", "build", "cmds"), ("start", "cmd"), ()),
    ("netlify.toml", ("build", "command"), (), ("build", "publish")),
    ("fly.toml", (), ("processes", "app"), ()),
)
"""(file, where it names the build, the start, the folder to serve)."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What a host's file says; None is unsaid. `output` lies inside the app's folder."""

    build: str | None = None
    start: str | None = None
    output: str | None = None


def start(source: Source) -> str | None:
    """Return the command of the process type `web` in the Procfile, else what a host's file says; None unsaid."""
    for line in source.text("Procfile").splitlines():
        name, colon, command = line.partition(":")
        if colon and name.strip() == "web" and command.strip():
            return command.strip()
    return next((one.start for one in _hosts(source) if one.start), None)


def build(source: Source) -> str | None:
    """Return the build that a host's file names; a command that only installs is none."""
    return next((one.build for one in _hosts(source) if one.build and not _ONLY_INSTALLS.fullmatch(one.build)), None)


def output(source: Source) -> str | None:
    """Return the folder that a host's file names as the one to serve."""
    return next((one.output for one in _hosts(source) if one.output), None)


def folder_inside(said: str | None) -> str | None:
    """Return a folder below the app's own as a plain path, None for what is none or leads out of it."""
    path = PurePosixPath((said or "").strip())
    return None if not said or path.is_absolute() or ".." in path.parts else str(path)


def _hosts(source: Source) -> Iterator[Declared]:
    for files, read in ((_JSON, source.json), (_TOML, source.toml)):
        for path, building, starting, serving in files:
            found = read(path)
            if found:
                output_ = folder_inside(_text(found, serving))
                yield Declared(_command(found, building), _command(found, starting), output_)
    root = _STATIC_ROOT.search(source.text("Staticfile"))
    if root:
        yield Declared(output=folder_inside(root[1]))
    building_, starting_ = (_line(source.text("render.yaml"), name) for name in ("buildCommand", "startCommand"))
    if building_ or starting_:
        yield Declared(building_, starting_)


def _line(text: str, name: str) -> str | None:
    """Return the text that the first service of a render.yaml gives a name, None for a block of lines."""
    found = _RENDER[name].search(text)
    said = found[1].strip().strip("\"'") if found else ""
    return said if said and said[0] not in "|>" else None


def _text(found: dict[str, Any], place: tuple[str, ...]) -> str | None:
    return text_member(found, *place) if place else None


def _command(found: dict[str, Any], place: tuple[str, ...]) -> str | None:
    """Return a command; several, as some files list them, run one after the other."""
    several = member(found, *place) if place else None
    if isinstance(several, list):
        return " && ".join(one for one in several if isinstance(one, str) and one != "...") or None
    return _text(found, place)
