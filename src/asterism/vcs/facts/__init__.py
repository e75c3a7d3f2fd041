"""Facts of a file: what its text alone says about it (beyond.md 6).

    facts = extract("python", content)          # symbols, imports, references, notes; never fails
    facts.symbols[0]                            # Symbol("Server", "class", first=12, last=80)

Facts depend on nothing but the bytes and the language, which the file's name tells (`language_of`), so they are kept
by blob, language and `EXTRACTOR`, and are never out of date. How the imports of a tree resolve is `vcs.resolving`.
"""

from asterism.vcs.facts.extract import EXTRACTOR, extract
from asterism.vcs.facts.models import Facts, Import, Note, Symbol
from asterism.vcs.facts.names import CODE, MAX_BYTES, is_test, language_of

__all__ = [
    "CODE",
    "EXTRACTOR",
    "MAX_BYTES",
    "Facts",
    "Import",
    "Note",
    "Symbol",
    "extract",
    "is_test",
    "language_of",
]
