"""The conversation that `rewinds` is tested with."""

from tests.features.talk.rewinds.conftest import caller, shelf, talk

__all__ = ["caller", "shelf", "talk"]
