"""Periodic clean-up: what has expired or is past its retention is removed, chore by chore (Fastest 12.5, 12.6)."""

from asterism.features.operations.maintenance.jobs import EXPIRY, RETENTION, register
from asterism.features.operations.maintenance.records import list_jobs
from asterism.features.operations.maintenance.service import Chore, ChoresFailed, do_chores

__all__ = ["EXPIRY", "RETENTION", "Chore", "ChoresFailed", "do_chores", "list_jobs", "register"]
