"""A loopback server that speaks the wire formats of OpenAI, Anthropic and Google, streamed and not.

It answers from a script (text, thoughts, calls of tools, or bytes as they are), records what it was asked, and notices
when a client closes a connection early. Without a script it echoes the last user message (and fills a requested JSON
schema with empty values), so that the product can be tried without any key: `asterism dev fake-model`.

    async with FakeModelServer() as fake:                 # or: with running_in_thread() as fake
        fake.play(Script(chunks=("Hel", "lo"), delay=0.1))
        ... base URL: fake.url ...
        assert fake.calls[0].model == "demo"
        assert fake.calls[0].closed_early

With a `Scenario` it acts by prompt, as an agent's model does:

    fake.act(Scenario({"fix the bug": [Script(calls=(ToolCall("c1", "read_file"),)), Script(("Fixed.",))]}, None))

Over HTTP: `POST /__fake__/script` with a list of scripts queues them, `POST /__fake__/scenario` with an object from
parts of prompts to lists of scripts makes it act, `GET /__fake__/calls` lists the calls.
"""

from asterism.kernel.llm.fake_server.script import Call, Script
from asterism.kernel.llm.fake_server.server import FakeModelServer, echo, running_in_thread

__all__ = ["Call", "FakeModelServer", "Script", "echo", "running_in_thread"]
