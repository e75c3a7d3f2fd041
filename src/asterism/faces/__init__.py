"""The three APIs and the pages: wire names, statuses and envelopes, nothing else."""
