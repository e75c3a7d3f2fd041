"""The environment git runs in: made from nothing, so no inherited `GIT_*` variable counts.

No configuration file of the user, the system or the repository is read by the commands that work on a repository
(`settings` says what counts instead). Source: Stargazer 2.1.
"""

import os
from collections.abc import Mapping
from pathlib import Path

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
    "GIT_TRACE2": "0",  # a trace goes where the user's settings say, which may be a pipe that nobody reads
    "GIT_TRACE2_EVENT": "0",
    "GIT_TRACE2_PERF": "0",
}

NO_REPOSITORY = {"GIT_DIR": os.devnull}
"""For questions that are about no repository: git looks for none."""

NO_FILES = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}


def process_environment(search_path: str, inherited: Mapping[str, str]) -> dict[str, str]:
    """Return the variables git is started with: a few inherited ones and the fixed ones."""
    environment = {name: inherited[name] for name in KEPT if name in inherited}
    return environment | FIXED_ENVIRONMENT | {"PATH": search_path}


def repository_variables(git_dir: Path, common_dir: Path, work_tree: Path | None) -> dict[str, str]:
    """Return the variables that name a repository: its own folder, and ours in place of the shared one."""
    named = {"GIT_DIR": os.fspath(git_dir), "GIT_COMMON_DIR": os.fspath(common_dir)}
    return NO_FILES | named | ({"GIT_WORK_TREE": os.fspath(work_tree)} if work_tree is not None else {})
