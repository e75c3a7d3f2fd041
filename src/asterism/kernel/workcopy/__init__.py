"""Trees on disk: looking at one without reading what is unchanged, and writing one (ADR 0021, 0125).

The command line uses it for the folder of a person, the server for the private copy that a turn of an agent works in.
Import the modules by name: a command that looks at nothing loads nothing.
"""

__all__ = [
    "crew",
    "hashing",
    "listing",
    "names",
    "permissions",
    "reach",
    "removal",
    "rules",
    "scan",
    "scouts",
    "statcache",
    "walk",
    "watch",
    "writer",
]
