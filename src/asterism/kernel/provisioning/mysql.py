"""Databases on a MySQL or MariaDB server that the operator lends: one with a user of its own for each name."""

import contextlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, unquote, urlsplit

from asterism.kernel.provisioning.port import Made, ProvisioningFailed, address_of

if TYPE_CHECKING:
    from pymysql import Connection
    from pymysql.cursors import Cursor

CONNECT_SECONDS: Final = 10
ANSWER_SECONDS: Final = 60
USER_LENGTH: Final = 32  # characters of a user's name in MySQL


def make_database(server: str, name: str) -> Made:
    """Make a database and a user that may do everything in it and nothing elsewhere. Raises ProvisioningFailed.

    `server` is the address of a user that may do so: `mysql://user:password@host:port`, or with `?unix_socket=PATH`.
    """
    password, user = secrets.token_urlsafe(24), _user(name)
    with _asking(server, "make a database") as cursor:
        cursor.execute("CREATE USER %s@'%%' IDENTIFIED BY %s", (user, password))
        try:
            cursor.execute(f"CREATE DATABASE {_quoted(name)} CHARACTER SET utf8mb4")
        except Exception:  # a database of that name may be somebody's
            _drop_user(cursor, user)
            raise
        try:
            pattern = _quoted(name.replace("_", r"\_"))  # of a grant, where `_` stands for any character
            cursor.execute(f"GRANT ALL PRIVILEGES ON {pattern}.* TO %s@'%%'", (user,))
        except Exception:
            with contextlib.suppress(Exception):
                _drop(cursor, name, user)
            raise
    return Made(name, address_of(server, name, user, password))


def drop_database(server: str, name: str) -> None:
    """Drop a database with its user, whoever is connected; either may be gone already. Raises ProvisioningFailed."""
    with _asking(server, "drop the database") as cursor:
        _drop(cursor, name, _user(name))


def _drop_user(cursor: "Cursor", user: str) -> None:
    cursor.execute("DROP USER IF EXISTS %s@'%%'", (user,))


def _drop(cursor: "Cursor", name: str, user: str) -> None:
    _drop_user(cursor, user)
    cursor.execute("SELECT id FROM information_schema.processlist WHERE user = %s", (user,))
    for (connection_id,) in cursor.fetchall():
        with contextlib.suppress(Exception):  # it may be gone by now
            cursor.execute("KILL %s", (connection_id,))
    cursor.execute(f"DROP DATABASE IF EXISTS {_quoted(name)}")


@contextmanager
def _asking(server: str, wish: str) -> Iterator["Cursor"]:
    import pymysql

    try:
        connection = _connect(server)
        with contextlib.closing(connection), connection.cursor() as cursor:
            yield cursor
    except (pymysql.Error, OSError, ValueError) as error:
        raise ProvisioningFailed(f"the MySQL server refused to {wish}") from error


def _connect(server: str) -> "Connection[Cursor]":
    import pymysql

    parts = urlsplit(server)
    return pymysql.connect(
        host=parts.hostname or "127.0.0.1",
        port=parts.port or 3306,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        unix_socket=parse_qs(parts.query).get("unix_socket", [None])[0],
        connect_timeout=CONNECT_SECONDS,
        read_timeout=ANSWER_SECONDS,
        write_timeout=ANSWER_SECONDS,
        autocommit=True,
    )


def _user(name: str) -> str:
    """Return the user of a database: the end of its name, which nobody else has."""
    return name[-USER_LENGTH:]


def _quoted(name: str) -> str:
    return f"`{name.replace('`', '``')}`"
