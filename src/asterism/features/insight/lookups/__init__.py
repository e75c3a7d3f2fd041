"""What an agent of this server may look up while it works: the map of the code, and memory. It changes nothing."""

from asterism.features.insight.lookups.lookups import Library

__all__ = ["Library"]
