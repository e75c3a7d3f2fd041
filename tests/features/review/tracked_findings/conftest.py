"""Somebody with a storage, as the tests of versions have it."""

from tests.features.versions.conftest import caller, shelf

__all__ = ["caller", "shelf"]
