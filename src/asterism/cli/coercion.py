"""Reading the words of a command line without pydantic, where they stand for themselves.

Typer loads pydantic (a tenth of a second) for the first parameter of a command, even for one that nobody gave. A text,
a list of texts, an option that was left out and a default of the right type need no reading, a number in digits and
what a function of ours reads need little; everything else is still Typer's, and so is every message
(docs/adr/0176-words-that-stand-for-themselves.md).
"""

from contextlib import suppress
from typing import Any

from typer.core import TyperGroup


def lighten(command: Any) -> None:
    """Let the parameters of a Typer command, and of the commands below it, take plain words as they are."""
    told = command.get_params

    def get_params(context: Any) -> list[Any]:  # also has --help, which Typer makes when it is asked
        found: list[Any] = told(context)
        for parameter in found:
            if getattr(parameter, "_runtime_param", PlainWords) is None:  # where Typer keeps what it would build
                parameter._runtime_param = PlainWords()
        return found

    command.get_params = get_params
    if isinstance(command, TyperGroup):
        for below in command.commands.values():
            lighten(below)


class PlainWords:
    """Stands where Typer asks for the value of a parameter, and gives place to Typer's own for what is not plain."""

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """Return the value of a parameter: what was typed, or its default. Raises what Typer raises for a bad one."""
        if value is None:
            return () if param.multiple or param.nargs == -1 else None
        with suppress(Exception):  # not plain, or wrong: Typer says how
            return _plain(value, param.type_descriptor.annotation, param.type_descriptor.parameter_info)
        param._runtime_param = None
        return param.get_runtime_param().coerce(value, param=param, ctx=ctx)


def _plain(value: Any, kind: Any, told: Any) -> Any:
    """Return the value that `value`, typed or a default, stands for. Raises any Exception when that is not plain."""
    if told.parser is not None and type(value) is str:
        return told.parser(value)
    if told.parser is None and type(value) is kind and kind in (str, bool, int):
        return value
    if told.parser is None and kind == list[str] and all(type(one) is str for one in value):
        return list(value)
    if told.parser is None and kind is int and value.isascii() and value.isdecimal():
        number = int(value)
        if (told.min is None or told.min <= number) and (told.max is None or number <= told.max):
            return number
    raise ValueError(value)
