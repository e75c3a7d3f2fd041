"""The forecast: which workspaces would conflict, found by the engine that merges, before anybody syncs (Beyond 4).

A job computes each pair once per trees and base when a workspace has moved (`register`, `enqueue`); reading is a look
at rows. A pair that turns is told in the project log.
"""

from asterism.features.versions.forecast.jobs import REFRESH, SWEEP, enqueue, register
from asterism.features.versions.forecast.models import Conflict, Forecast, Outcome, Skipped
from asterism.features.versions.forecast.refresh import refresh
from asterism.features.versions.forecast.service import forecast_of_project, forecast_of_workspace

__all__ = [
    "REFRESH",
    "SWEEP",
    "Conflict",
    "Forecast",
    "Outcome",
    "Skipped",
    "enqueue",
    "forecast_of_project",
    "forecast_of_workspace",
    "refresh",
    "register",
]
