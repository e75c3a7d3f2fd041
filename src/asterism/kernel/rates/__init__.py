"""What servers on one database have let through in all, told in batches (ADR 0187)."""

from asterism.kernel.rates.store import Spend, purge, spend

__all__ = ["Spend", "purge", "spend"]
