"""Errors of choosing a model."""

from asterism.base.errors import Conflict, Invalid


class UnknownModel(Invalid):
    """The provider named by `provider:model` is none that runs can use."""

    code = "UNKNOWN_MODEL"

    def __init__(self, model: str, providers: tuple[str, ...]) -> None:
        super().__init__(
            f"There is no provider for the model {model[:100]}.", hint=f"Providers: {', '.join(providers)}."
        )


class ModelNotConfigured(Conflict):
    """No key and no local server makes this model, or any of this tier, available to the user."""

    code = "MODEL_NOT_CONFIGURED"

    def __init__(self, **details: str) -> None:
        super().__init__(
            "No model is available for this run.",
            hint="Save a provider key with POST /v1/auth/api-keys, or set ASTERISM_MODEL_BALANCED on the server.",
            details=details,
        )
