"""The words of an identifier. Pure."""

from asterism.base.linear import compiled

_RUNS = compiled(r"[A-Z]+|[a-z]+|[0-9]+")


def words_of(name: str) -> list[str]:
    """Split `db_password`, `dbPassword` and `DBPassword` alike; the last capital of several begins the next word."""
    words: list[str] = []
    before = 0
    for hit in _RUNS.finditer(name):
        start, end = hit.span()
        capital = words and start == before and hit[0].islower() and words[-1].isupper()
        if capital:
            word = words.pop()
            words += [word[:-1], word[-1] + hit[0]] if len(word) > 1 else [word + hit[0]]
        else:
            words.append(hit[0])
        before = end
    return [word.lower() for word in words]
