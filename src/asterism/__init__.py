"""Asterism: one self-hosted server for AI-assisted software development."""

__version__ = "0.1.0"
