"""What an app needs, as its files tell (Fastest 10.4)."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Runtime(StrEnum):
    """What runs an app. The first four are the contract's; the order decides between equal sums."""

    NODE = "node"
    PYTHON = "python"
    GO = "go"
    STATIC = "static"
    BUN = "bun"
    DENO = "deno"
    RUST = "rust"
    JAVA = "java"
    RUBY = "ruby"
    PHP = "php"
    DOTNET = "dotnet"
    ELIXIR = "elixir"
    CRYSTAL = "crystal"
    DART = "dart"
    GLEAM = "gleam"
    HASKELL = "haskell"
    SWIFT = "swift"
    ZIG = "zig"
    NIM = "nim"
    CPP = "cpp"
    DOCKER = "docker"


MYSQL_VAR: Final = "MYSQL_URL"


class Database(StrEnum):
    """A database that an app connects to; SQLite is none, it is a file."""

    POSTGRES = "postgres"
    MYSQL = "mysql"
    REDIS = "redis"

    @property
    def env_var(self) -> str:
        """The variable that usually holds its address; `Requirements.variable_of` says which one an app reads."""
        return "REDIS_URL" if self is Database.REDIS else "DATABASE_URL"


@dataclass(frozen=True, slots=True)
class Signal:
    """A rule that matched; `confidence` is its weight."""

    id: str
    confidence: float
    reason: str


@dataclass(frozen=True, slots=True)
class Recipe:
    """How an app is made and run: texts for a shell, in the folder `Requirements.root`, with PORT in the environment.

    `install` runs at the root of the tree or in the app's folder, whichever holds the lock file.
    `output` is the folder that a build leaves to be served as it is: where there is one, `start` is a tool for those
    who develop, and not what runs the app.
    """

    package_manager: str | None = None
    version: str | None = None
    install: str | None = None
    build: str | None = None
    start: str | None = None
    output: str | None = None

    @property
    def command(self) -> str | None:
        """What runs the app; None where its files are served."""
        return self.start if self.output is None else None


@dataclass(frozen=True, slots=True)
class Requirements:
    """What an app needs. `root` is its folder in the tree, "" for the tree itself.

    `mysql_apart` tells that MySQL has a variable of its own: the code reads that one alone, or PostgreSQL is there too.
    """

    runtime: Runtime | None = None
    framework: str | None = None
    databases: tuple[Database, ...] = ()
    is_edge_compatible: bool = False
    needs_storage: bool = False
    recipe: Recipe = field(default_factory=Recipe)
    root: str = ""
    mysql_apart: bool = False

    def variable_of(self, database: Database) -> str:
        """Return the variable that holds the address of a database."""
        return MYSQL_VAR if database is Database.MYSQL and self.mysql_apart else database.env_var


@dataclass(frozen=True, slots=True)
class Detection:
    """Requirements, and how sure the rules are (0..1, four decimals).

    `roots` are folders that look like apps themselves; `by_model` tells that a model filled what the rules left open.
    """

    requirements: Requirements
    confidence: float
    signals: tuple[Signal, ...]
    roots: tuple[str, ...] = ()
    by_model: bool = False
