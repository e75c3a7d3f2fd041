"""Users of the server, looked after by its administrators (Beyond 15)."""

from asterism.features.operations.users.errors import UnknownUser
from asterism.features.operations.users.service import add_user, change_user, list_users, remove_user

__all__ = ["UnknownUser", "add_user", "change_user", "list_users", "remove_user"]
