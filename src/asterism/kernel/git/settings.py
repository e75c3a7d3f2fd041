"""Which settings count: a short list of them, each checked; git never reads a configuration that is not ours.

Overriding what is dangerous would need a list that is never complete, and a setting that cannot be parsed stops git
before an override is seen. So the repository's and the user's settings are read (`listing`), what is on the list here
is written into a configuration of our own (`standin`), and nothing else exists for git. Source: Stargazer 2.1, 2.3.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from asterism.kernel.git.refnames import is_ref, is_refspec

Pair = tuple[str, str]

FIXED: tuple[Pair, ...] = (
    ("core.quotepath", "false"),
    ("core.safecrlf", "false"),
    ("core.bigfilethreshold", "64m"),
    ("core.packedgitwindowsize", "32m"),
    ("core.packedgitlimit", "256m"),
    ("core.pager", "cat"),
    ("diff.renamelimit", "1000"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    ("protocol.allow", "never"),
)
"""Settings that hold whatever anybody says: plain output, bounded memory, nothing started on the side."""

_TRUE, _FALSE = {"true", "yes", "on"}, {"false", "no", "off", ""}


def read_bool(text: str | None) -> str | None:
    """Return what git takes for a truth value as `true` or `false`, None for anything else; no value means true."""
    if text is None or text.lower() in _TRUE:
        return "true"
    if text.lower() in _FALSE:
        return "false"
    number = re.fullmatch(r"[+-]?0*(\d{1,9})[kmg]?", text.strip().lower())
    return None if number is None else "true" if int(number[1]) else "false"


def one_of(*words: str) -> Callable[[str], str | None]:
    """Make a check that takes these words in any case."""
    return lambda text: text.lower() if text.lower() in words else None


def _line_ends(text: str) -> str | None:
    return "input" if text.lower() == "input" else read_bool(text)


def _as_it_is(text: str) -> str | None:
    return text


OF_THE_WORK_TREE: Mapping[str, Callable[[str], str | None]] = {
    "core.filemode": read_bool,
    "core.symlinks": read_bool,
    "core.ignorecase": read_bool,
    "core.precomposeunicode": read_bool,
    "core.autocrlf": _line_ends,
    "core.eol": one_of("lf", "crlf", "native"),
    "core.sparsecheckout": read_bool,
    "core.sparsecheckoutcone": read_bool,
}
"""How the work tree was written; without these, files nobody touched would look changed."""

OF_THE_FORMAT: Mapping[str, Callable[[str], str | None]] = {
    "core.repositoryformatversion": one_of("0", "1"),
    "extensions.objectformat": one_of("sha1", "sha256"),
    "extensions.refstorage": one_of("files", "reftable"),
    "extensions.compatobjectformat": one_of("sha1", "sha256"),
}
"""How the repository is stored. Extensions that name another repository to fetch from do not count."""

OF_THE_USER: Mapping[str, Callable[[str], str | None]] = {
    "core.excludesfile": _as_it_is,
    "core.attributesfile": _as_it_is,
}
"""Files that count only when the user's own configuration names them: a repository could name any file."""

_UPSTREAM = re.compile(r"branch\.[^\n]+\.(remote|merge)|remote\.[^\n]+\.(fetch)")
_UPSTREAM_RULES: Mapping[str, Callable[[str], bool]] = {
    "remote": lambda text: re.fullmatch(r"[^-\n][^\n]*", text) is not None,
    "merge": is_ref,
    "fetch": is_refspec,
}

_STOCK_LFS = {
    "filter.lfs.clean": {"git-lfs clean -- %f"},
    "filter.lfs.smudge": {"git-lfs smudge -- %f", "git-lfs smudge --skip -- %f"},
    "filter.lfs.process": {"git-lfs filter-process", "git-lfs filter-process --skip"},
}
_LFS_PROGRAMS = ("lfs.extension.", "lfs.customtransfer.", "lfs.standalonetransferagent")


def chosen(user: Sequence[Pair], repository: Sequence[Pair], *, allow_filters: bool) -> list[Pair]:
    """Return the settings that git gets, of those that the user and the repository have.

    With `allow_filters` every filter stays; otherwise none but stock Git LFS, and that one only as long as nothing
    bends it.
    """
    everything = [*user, *repository]
    found: dict[str, str] = {}
    _take(found, user, OF_THE_USER)
    _take(found, everything, OF_THE_WORK_TREE)
    _take(found, repository, OF_THE_FORMAT)
    pairs = [*found.items(), *_upstreams(repository), *_filters(everything, allow_filters=allow_filters)]
    return [*pairs, *FIXED, ("core.bare", "false")]


def last_value(listing: Iterable[Pair], key: str) -> str | None:
    """Return what counts for a setting that has one value: the last one."""
    return next((value for name, value in reversed(list(listing)) if name == key), None)


def written(pairs: Iterable[Pair]) -> str:
    """Write settings as a configuration file; names and values may hold anything but NUL and line feed in names."""
    lines = []
    for key, value in pairs:
        section, _, rest = key.partition(".")
        name, dot, variable = rest.rpartition(".")
        head = f'[{section} "{_escaped(name)}"]' if dot else f"[{section}]"
        text = _escaped(value).replace("\n", "\\n").replace("\t", "\\t").replace("\b", "\\b")
        lines.append(f'{head}\n\t{variable if dot else rest} = "{text}"\n')
    return "".join(lines)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _take(found: dict[str, str], listing: Iterable[Pair], rules: Mapping[str, Callable[[str], str | None]]) -> None:
    for key, value in listing:
        rule = rules.get(key)
        checked = rule(value) if rule is not None else None
        if checked is not None:
            found[key] = checked


def _upstreams(listing: Iterable[Pair]) -> Iterator[Pair]:
    """Yield what says which branch follows which; addresses do not count, since nothing is ever fetched."""
    for key, value in listing:
        match = _UPSTREAM.fullmatch(key)
        if match is not None and _UPSTREAM_RULES[match[1] or match[2]](value):
            yield key, value


def _filters(listing: Sequence[Pair], *, allow_filters: bool) -> Iterator[Pair]:
    keep_lfs = _is_stock_lfs(listing)
    for key, value in listing:
        if "\n" in key:
            continue
        if key.startswith("filter.lfs.") if not allow_filters else key.startswith(("filter.", "lfs.")):
            if key.endswith(".required"):
                # a program that is missing must not end the answer; where filters are allowed, theirs counts
                checked = read_bool(value) if allow_filters else "false"
                if checked is not None and (allow_filters or keep_lfs):
                    yield key, checked
            elif allow_filters or (keep_lfs and key in _STOCK_LFS):
                yield key, value


def _is_stock_lfs(entries: Iterable[Pair]) -> bool:
    for key, value in entries:
        if value not in _STOCK_LFS.get(key, {value}):
            return False
        if key.startswith("lfs.") and (key.startswith(_LFS_PROGRAMS) or key.endswith(".standalonetransferagent")):
            return False
    return True
