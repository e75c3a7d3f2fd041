"""The command line: `asterism serve` and the client commands, one module a verb."""
