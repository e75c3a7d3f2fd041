"""A FastAPI app."""

import os

from fastapi import FastAPI

app = FastAPI()


@app.get("/")
def home() -> str:
    """Answer with the version."""
    return "first version"


@app.get("/crash")
def crash() -> None:
    """End the process."""
    os._exit(1)
