"""The `web` line of a Procfile."""

from asterism.features.operations.detection.source import Source


def web(source: Source) -> str | None:
    """Return the command of the process type `web`, None without one."""
    for line in source.text("Procfile").splitlines():
        name, colon, command = line.partition(":")
        if colon and name.strip() == "web" and command.strip():
            return command.strip()
    return None
