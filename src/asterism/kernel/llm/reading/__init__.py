"""Reading the answers of providers: pure, tolerant, the same for all wire formats as far as they allow.

    bytes -> `frames.Frames` -> the reader of a format: `openai`, `anthropic`, `google` -> `assembly.Assembly` -> parts

What servers really send differs from what the formats' documents say: fields are missing, null, of another type or
elsewhere. The rule is to take what is there and to fail only where text would be lost or an answer may not be whole.
`answer.Answer` is all of it together: feed it bytes, take parts.
"""
