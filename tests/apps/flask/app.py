"""A Flask app."""

import os
import signal

from flask import Flask

app = Flask(__name__)


@app.get("/")
def home() -> str:
    """Answer with the version."""
    return "first version"


@app.get("/crash")
def crash() -> str:
    """End gunicorn, whose workers are its children."""
    os.kill(os.getppid(), signal.SIGKILL)
    os._exit(1)
