"""The environment git runs in: fixed, and such that a repository's configuration cannot run a program.

Three layers. The process environment starts empty, so no inherited `GIT_*` variable counts. Every setting that can
name a program is overridden by configuration handed over in the environment, which outranks all files and is passed
on to the git processes that look into submodules. Filter and diff drivers have names of the repository's choosing;
they are read by `git config --list`, which runs nothing, and overridden one by one. Source: Stargazer 2.1.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

Pair = tuple[str, str]

KEPT = ("HOME", "XDG_CONFIG_HOME", "TMPDIR", "USER", "LOGNAME", "SYSTEMROOT")

# An empty GIT_ALLOW_PROTOCOL forbids every transport, so a partial clone cannot fetch what is missing through one.
FIXED_ENVIRONMENT = {
    "LC_ALL": "C",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_PAGER": "cat",
    "PAGER": "cat",
    "GIT_EDITOR": ":",
    "GIT_SEQUENCE_EDITOR": ":",
    "GIT_ASKPASS": "",
    "SSH_ASKPASS": "",
    "GIT_SSH_COMMAND": "false",
    "GIT_PROXY_COMMAND": "false",
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_LFS_SKIP_SMUDGE": "1",
}

NO_PROGRAMS: tuple[Pair, ...] = (
    ("core.fsmonitor", "false"),
    ("core.hooksPath", os.devnull),
    ("core.pager", "cat"),
    ("core.editor", ":"),
    ("core.sshCommand", "false"),
    ("core.askPass", ""),
    ("core.alternateRefsCommand", "false"),
    ("credential.helper", ""),
    ("diff.external", ""),
    ("interactive.diffFilter", ""),
    ("log.showSignature", "false"),
    ("gpg.program", "false"),
    ("gpg.openpgp.program", "false"),
    ("gpg.x509.program", "false"),
    ("gpg.ssh.program", "false"),
    ("protocol.allow", "never"),
    ("submodule.recurse", "false"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
)

FIXED_OUTPUT: tuple[Pair, ...] = (
    ("core.quotePath", "false"),
    ("core.abbrev", "auto"),
    ("diff.noprefix", "false"),
    ("diff.mnemonicPrefix", "false"),
    ("diff.suppressBlankEmpty", "false"),
    ("diff.renameLimit", "1000"),
    ("diff.relative", "false"),
    ("diff.wsErrorHighlight", "none"),
    ("status.submoduleSummary", "false"),
    ("status.showStash", "false"),
    ("status.renames", "true"),
    ("blame.ignoreRevsFile", ""),
    ("color.ui", "false"),
    ("column.ui", "never"),
)

_STOCK_LFS = {
    "filter.lfs.clean": {"git-lfs clean -- %f"},
    "filter.lfs.smudge": {"git-lfs smudge -- %f", "git-lfs smudge --skip -- %f"},
    "filter.lfs.process": {"git-lfs filter-process", "git-lfs filter-process --skip"},
}
_LFS_PROGRAMS = ("lfs.extension.", "lfs.customtransfer.", "lfs.standalonetransferagent")


def process_environment(search_path: str, inherited: Mapping[str, str]) -> dict[str, str]:
    """Return the variables git is started with: a few inherited ones and the fixed ones."""
    environment = {name: inherited[name] for name in KEPT if name in inherited}
    return environment | FIXED_ENVIRONMENT | {"PATH": search_path}


def accepted_root(root: Path) -> Pair:
    """Satisfy git's ownership check for `root` and for nothing else."""
    return ("safe.directory", str(root))


def configured(environment: Mapping[str, str], pairs: Iterable[Pair]) -> dict[str, str]:
    """Hand `pairs` to git as configuration that outranks every file (git 2.31 and later)."""
    result = dict(environment)
    count = 0
    for count, (key, value) in enumerate(pairs, start=1):
        result[f"GIT_CONFIG_KEY_{count - 1}"] = key
        result[f"GIT_CONFIG_VALUE_{count - 1}"] = value
    result["GIT_CONFIG_COUNT"] = str(count)
    return result


def read_listing(raw: bytes) -> list[Pair]:
    """Read `git config -z --list`: NUL-terminated records `key LF value`; a bare key means true."""
    entries = []
    for record in raw.split(b"\0"):
        if record:
            key, _, value = record.partition(b"\n")
            entries.append((os.fsdecode(key), os.fsdecode(value)))
    return entries


def without_drivers(listing: Iterable[Pair], *, allow_filters: bool) -> Iterator[Pair]:
    """Yield overrides that switch off every driver of `listing` that names a program.

    Filters stay when `allow_filters`, and stock Git LFS stays as long as nothing in the listing bends it.
    """
    entries = list(listing)
    keep_lfs = allow_filters or _is_stock_lfs(entries)
    seen: set[str] = set()
    for key, _ in entries:
        section, _, rest = key.partition(".")
        name, dot, variable = rest.rpartition(".")
        driver = f"{section}.{name}"
        if not dot or driver in seen:
            continue
        if section == "filter" and not allow_filters and not (name == "lfs" and keep_lfs):
            seen.add(driver)
            yield from ((f"{driver}.{part}", "") for part in ("clean", "smudge", "process"))
            yield f"{driver}.required", "false"
        elif section == "diff" and variable in {"command", "textconv"}:
            seen.add(driver)
            yield f"{driver}.command", ""
        elif section == "merge" and variable == "driver":
            seen.add(driver)
            yield f"{driver}.driver", "false"


def _is_stock_lfs(entries: list[Pair]) -> bool:
    for key, value in entries:
        if value not in _STOCK_LFS.get(key, {value}):
            return False
        if key.startswith("lfs.") and (key.startswith(_LFS_PROGRAMS) or key.endswith(".standalonetransferagent")):
            return False
    return True
