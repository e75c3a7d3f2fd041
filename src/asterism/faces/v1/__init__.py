"""The `/v1` face: the Fastest and Starbot contracts on one prefix. `endpoints.py` lists what it serves."""
