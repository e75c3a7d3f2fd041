"""Reading a passphrase from a person at a terminal, or from a program as a line."""

import getpass
import sys

from asterism.base.errors import Invalid


def read_passphrase(*, twice: bool = False) -> str:
    """Return what is typed without an echo (with `twice` it is to be repeated), else the first line of the input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    given = getpass.getpass("Passphrase of the master key: ")
    if twice and getpass.getpass("The same again: ") != given:
        raise Invalid("The two passphrases differ.")
    return given
