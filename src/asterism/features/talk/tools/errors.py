"""Errors of choosing tools."""

from asterism.base.errors import Conflict


class IntegrationNotConnected(Conflict):
    """The integration that is needed is not connected."""

    code = "INTEGRATION_NOT_CONNECTED"

    def __init__(self, provider: str) -> None:
        super().__init__(
            f"{provider} is not connected.",
            hint=f"Connect it with POST /v1/integrations/{provider.lower()}/connect.",
            details={"provider": provider.lower()},
        )
