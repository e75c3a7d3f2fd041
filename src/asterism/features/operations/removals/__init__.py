"""Removing users, with what is theirs all over the server."""

from asterism.features.operations.removals.service import remove_user

__all__ = ["remove_user"]
