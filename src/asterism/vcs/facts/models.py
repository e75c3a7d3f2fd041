"""What is known of a file by its text."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct


class Symbol(Struct, frozen=True, array_like=True, gc=False):
    """Something a file declares; `first` and `last` are its lines, counted from 1, both included.

    `kind` is `function`, `method`, `class`, `interface`, `type`, `enum`, `constant`, `module`, `macro` or `heading`.
    """

    name: str
    kind: str
    first: int
    last: int


class Import(Struct, frozen=True, array_like=True, gc=False):
    """One statement that names another file or package, as it is written, and the names it takes from there.

    `target` of Python begins with its dots when it is relative, of Rust with `crate::`, `super::` or `self::` when it
    is. `kind` is `import`, `from`, `require`, `mod`, `use` or `include`.
    """

    target: str
    kind: str
    line: int
    names: tuple[str, ...] = ()


class Note(Struct, frozen=True, array_like=True, gc=False):
    """Something left to do: a `todo` comment, or an unchecked `task` of a document."""

    kind: str
    line: int
    text: str


class Facts(Struct, frozen=True, array_like=True):
    """The facts of a file.

    `references` are distinct names that the file calls or uses; of Go and of qualified names as `package.Name`.
    `package` is what Go and Java files say they belong to. `settings` is what a configuration file says about imports
    (`tsconfig`, `package.json`, `go.mod`, `Cargo.toml`). `whole` is False where the text was too much to be read.
    """

    language: str
    lines: int = 0
    symbols: tuple[Symbol, ...] = ()
    imports: tuple[Import, ...] = ()
    references: tuple[str, ...] = ()
    package: str = ""
    notes: tuple[Note, ...] = ()
    settings: Mapping[str, Any] | None = None
    whole: bool = True
