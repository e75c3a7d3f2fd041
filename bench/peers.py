"""LiteLLM's proxy, what relaying is measured against; `make .venv/peers/.ready` installs it apart from everything."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.servers import Process, free_port, until_healthy

LITELLM = Path(sys.prefix) / "peers" / "bin" / "litellm"
STARTS_WITHIN = 120.0  # seconds


@contextmanager
def litellm(base: str) -> Iterator[Process]:
    """Run the proxy for one model, `demo`, whose provider is at `base`, with nothing of this environment."""
    with tempfile.TemporaryDirectory(prefix="asterism-bench-") as folder:
        port = free_port()
        model = {"model": "openai/demo", "api_base": base, "api_key": "none"}
        config = Path(folder) / "config.yaml"
        config.write_text(json.dumps({"model_list": [{"model_name": "demo", "litellm_params": model}]}))
        environment = {"PATH": os.environ["PATH"], "HOME": folder}
        environment |= {"LITELLM_TELEMETRY": "False", "LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "ERROR"}
        process = subprocess.Popen(
            [LITELLM, "--config", config, "--host", "127.0.0.1", "--port", str(port), "--telemetry", "False"],
            env=environment,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        url = f"http://127.0.0.1:{port}"
        try:
            until_healthy(url, process, time.perf_counter(), path="/health/liveliness", within=STARTS_WITHIN)
            yield Process(url, process)
        finally:
            process.terminate()
            try:
                process.wait(20)
            finally:
                process.kill()
