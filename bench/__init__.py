"""Headline numbers, each with its peer measured in the same run: `make bench`, or `python -m bench NAME …`."""
