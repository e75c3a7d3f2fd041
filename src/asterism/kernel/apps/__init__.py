"""Apps that this machine runs: each in a sandbox of its own, behind an address that outlives its versions.

    host = AppHost(isolation="auto")
    address = await host.put("slot", App(folder, command="node server.js", environment={…}), said=print)
    await host.put("slot", newer)          # listens before the older one goes; no request is lost between them
    await host.stop("slot")

An app listens on the port in `PORT`; it sees its folder, writable, as `/tree`, and nothing else of the user's. It is
started again when it ends by itself, five times in ten minutes. A folder without a command is served as it is.
"""

from asterism.kernel.apps.front import Front
from asterism.kernel.apps.host import App, AppFailed, AppHost

__all__ = ["App", "AppFailed", "AppHost", "Front"]
