"""Ports to the outside world, each with its adapters. Knows nothing of HTTP or of the product's rules."""
