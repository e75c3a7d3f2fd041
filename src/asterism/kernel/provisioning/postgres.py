"""Databases on a PostgreSQL server that the operator lends: one with a role of its own for each name."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from asterism.kernel.provisioning.port import Made, ProvisioningFailed, address_of

if TYPE_CHECKING:
    from psycopg import Connection

CONNECT_SECONDS: Final = 10


def make_database(server: str, name: str) -> Made:
    """Make a database and a role that owns it. Raises ProvisioningFailed.

    `server` is the address of a role that may do so.
    """
    from psycopg import Error, sql  # here: a server that lends none never loads it

    password, own = secrets.token_urlsafe(24), sql.Identifier(name)
    with _asking(server, "make a database") as connection:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(own, sql.Literal(password)))
        try:
            connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(own))
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(own, own))
            connection.execute(sql.SQL("REVOKE CONNECT ON DATABASE {} FROM PUBLIC").format(own))
        except Error:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(own))
            connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(own))
            raise
    return Made(name, address_of(server, name, name, password))


def drop_database(server: str, name: str) -> None:
    """Drop a database with its role, whoever is connected; either may be gone already. Raises ProvisioningFailed."""
    from psycopg import sql

    with _asking(server, "drop the database") as connection:
        own = sql.Identifier(name)
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(own))
        connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(own))


@contextmanager
def _asking(server: str, what: str) -> Iterator["Connection"]:
    """Connect, and turn what fails into ProvisioningFailed."""
    import psycopg

    try:
        with psycopg.connect(server, autocommit=True, connect_timeout=CONNECT_SECONDS) as connection:
            yield connection
    except psycopg.Error as error:
        raise ProvisioningFailed(f"the PostgreSQL server refused to {what}") from error
