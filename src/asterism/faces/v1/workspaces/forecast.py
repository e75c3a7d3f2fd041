"""`/v1/workspaces/:workspaceId/forecast` (ours)."""

from asterism.faces.v1.call import Call, get
from asterism.faces.v1.wire_forecast import Forecast
from asterism.features.versions import forecast
from asterism.features.versions.workspaces import UnknownWorkspace


@get("/v1/workspaces/{workspace_id:str}/forecast", errors=(UnknownWorkspace,))
def show(call: Call, workspace_id: str) -> Forecast:
    """GET /v1/workspaces/:workspaceId/forecast: with which other workspaces this one would conflict."""
    return Forecast.of(forecast.forecast_of_workspace(call.tx, call.caller, workspace_id))
