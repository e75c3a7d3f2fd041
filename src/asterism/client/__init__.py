"""The client: a typed HTTP client of the API, and working copies that it moves to and from a server."""
