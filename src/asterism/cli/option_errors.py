"""What the parser of the command line says about a wrong one, in the words of all other messages."""

import re
from typing import Any

_WORDS = (
    (re.compile(r"^Value error, "), ""),
    (re.compile(r"^Input should be a valid integer\b.*"), "must be a whole number"),
    (re.compile(r"^Input should be a (?:valid|finite) number\b.*"), "must be a number"),
    (re.compile(r"^Input should be less than or equal to "), "must be at most "),
    (re.compile(r"^Input should be greater than or equal to "), "must be at least "),
    (re.compile(r"^Input should be "), "must be "),
)


_EXTRA = re.compile(r"^Got unexpected extra argument\(s\) \((.*)\)$", re.DOTALL)
_FOR_A_NAME = ("--search", "--from", "--project", "--name")
"""Options that people forget before a name; in this order, the first that a verb has."""


def in_words(error: Any) -> str:
    """Return the message of a `UsageError`: of a wrong value without the phrases of the library that checked it."""
    message = str(error.message)
    if extra := _EXTRA.match(message):
        return _too_much(extra[1], error.ctx)
    if message.startswith("No such command") and "Did you mean" not in message and error.ctx.parent is not None:
        return f"{message} There are: {', '.join(_offered(error.ctx))}."
    if not hasattr(error.__cause__, "errors"):  # the parser's own words, which are plain
        return message
    for pattern, words in _WORDS:
        message, found = pattern.subn(words, message, count=1)
        if found:
            break
    given = error.__cause__.errors()[0].get("input")
    if message.startswith("must be ") and isinstance(given, str | int | float):
        message += f", not {str(given)[:100]!r}"
    return message if message.endswith(".") else f"{message}."


def _offered(context: Any) -> list[str]:
    group = context.command
    return [name for name in group.list_commands(context) if not group.get_command(context, name).hidden]


def _too_much(extra: str, context: Any) -> str:
    """Say that words were given which nothing asks for, and with which option one may have been meant."""
    command = context.command
    told = [option for parameter in command.params for option in parameter.opts]
    arguments = [parameter for parameter in command.params if parameter.param_type_name == "argument"]
    meant = next((option for option in _FOR_A_NAME if option in told), None)
    message = f"{extra!r} is more than `{context.command_path.strip()}` takes."
    return f"{message} Did you mean `{meant} {extra}`?" if meant and not arguments else message
