"""What the forecast tells of its own accord."""

from asterism.kernel.streams import Fact


class ForecastChanged(Fact, frozen=True, tag="forecast.changed"):
    """A pair of workspaces turned from clean to conflicting, or back; `conflicts` counts the paths."""

    a: str
    b: str
    clean: bool
    conflicts: int
