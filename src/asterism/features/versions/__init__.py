"""Versions: projects, their workspaces and snapshots, and the stored content behind them."""
