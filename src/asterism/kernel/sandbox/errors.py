"""What sandboxes refuse."""

from asterism.base.errors import Unavailable


class SandboxUnavailable(Unavailable):
    """No sandbox of the wanted strength can run here."""

    code = "SANDBOX_UNAVAILABLE"
