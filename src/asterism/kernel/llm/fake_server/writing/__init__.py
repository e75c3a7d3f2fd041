"""Writing answers in the three wire formats: one module each, with the same functions.

pieces(call, script)    yields the body of a streamed answer up to its end, piece by piece
head(call)              what comes before the first piece
end(call, script)       why it ended, the usage, the end marker
whole(call, script)     the answer of a call that does not stream
error(status, message)  an error's body
"""

from types import ModuleType

from asterism.kernel.llm.fake_server.script import Wire
from asterism.kernel.llm.fake_server.writing import anthropic, google, openai

GARBAGE = b"event: content_block_delta\ndata: {not json\n\n"
FORMATS: dict[Wire, ModuleType] = {"openai": openai, "anthropic": anthropic, "google": google}
