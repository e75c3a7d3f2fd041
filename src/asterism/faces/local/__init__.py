"""The `/api` face: the Stargazer contract, for the owner on this machine. `endpoints.py` lists what it serves."""
