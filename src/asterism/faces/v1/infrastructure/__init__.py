"""`/v1/infrastructure`: where apps run (Fastest 10)."""

from asterism.faces.v1.infrastructure import credentials, deployments, projects, workspaces

MODULES = (credentials, workspaces, projects, deployments)
