"""`/v1/projects/:projectId/forecast` (ours)."""

from asterism.faces.v1.call import Call, get
from asterism.faces.v1.wire_forecast import Forecast
from asterism.features.versions import forecast


@get("/v1/projects/{project_id:str}/forecast")
def show(call: Call, project_id: str) -> Forecast:
    """GET /v1/projects/:projectId/forecast: which workspaces would conflict if they were merged now."""
    return Forecast.of(forecast.forecast_of_project(call.tx, call.caller, project_id))
