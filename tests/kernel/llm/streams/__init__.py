"""Odd but real answers of providers, byte by byte, and what has to come of them: a table for each wire format."""
