"""`asterism dev fake-model`: a model to try things with."""

import json
import socket
import subprocess

import httpx

from tests.support.forks import ASTERISM, popen, run

COMMAND = [*ASTERISM, "dev", "fake-model"]


def test_it_serves_all_three_formats_until_it_is_stopped() -> None:
    command = [*COMMAND, "--port", "0", "--delay", "0", "--key", "k", "--json"]
    with popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            told = json.loads(process.stdout.readline())
            say = [{"role": "user", "content": "Hello"}]
            with httpx.Client(trust_env=False, timeout=10) as client:
                url = f"{told['url']}/chat/completions"
                assert client.post(url, json={"model": "m", "messages": say}).status_code == 401
                answer = client.post(url, json={"model": "m", "messages": say}, headers={"Authorization": "Bearer k"})
                text = "This is the fake model m. You wrote: Hello"
                assert answer.json()["choices"][0]["message"]["content"] == text
                tool = [{"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}]
                ask = [{"role": "user", "content": 'call look {"at": 1}'}]
                answer = client.post(
                    url, json={"model": "m", "messages": ask, "tools": tool}, headers={"Authorization": "Bearer k"}
                )
                [called] = answer.json()["choices"][0]["message"]["tool_calls"]
                assert called["function"] == {"name": "look", "arguments": '{"at": 1}'}
                answer = client.post(
                    f"{told['url']}/messages", json={"model": "m", "messages": say}, headers={"x-api-key": "k"}
                )
                assert answer.json()["content"][0]["text"] == text
                answer = client.post(
                    f"{told['google_url']}/models/m:generateContent",
                    json={"contents": [{"role": "user", "parts": [{"text": "Hello"}]}]},
                    headers={"x-goog-api-key": "k"},
                )
                assert answer.json()["candidates"][0]["content"]["parts"][0]["text"] == text
        finally:
            process.terminate()


def test_a_taken_port_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run([*COMMAND, "--port", str(port)], text=True)
    assert done.returncode == 1
    assert f"port {port} is taken" in done.stderr
    assert "Traceback" not in done.stderr
