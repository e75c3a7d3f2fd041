"""The pure core of versioning, shared by server and client: no I/O, no clock, no database."""
