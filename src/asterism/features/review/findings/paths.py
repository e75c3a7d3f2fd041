"""What a path says about the file's role."""

import posixpath

from asterism.base.linear import compiled

_TEST_NAME = compiled(r"^(test_.*|.*_test\.[^.]+|.*\.(test|spec)\.[^.]+)$")
_TEST_FOLDERS = frozenset({"test", "tests", "__tests__", "spec", "fixtures"})
_SOURCE = compiled(
    r"\.(py|pyi|js|jsx|ts|tsx|mjs|cjs|go|rs|java|kt|kts|scala|rb|php|c|cc|cpp|h|hpp|cs|swift|m|sh|bash|lua|ex|exs|dart|vue)$"
)


def is_test(path: str) -> bool:
    """Whether it is a test file by the words of Stargazer [5.33]."""
    folder, name = posixpath.split(path)
    return _TEST_NAME.match(name) is not None or not _TEST_FOLDERS.isdisjoint(folder.split("/"))


def is_source(path: str) -> bool:
    """Whether it is program text that tests could cover."""
    return _SOURCE.search(path) is not None
