"""Programs for those who work on Asterism; nothing of it is installed with the server."""
