"""Features that understand a project: the map of its code, decisions, next steps. They stand above talk and review."""
