"""bandit in a process of its own, run as a script that may begin before it is known what it works on.

Standard input is a folder; the file `LIST` in it names what to check there, each name ended by NUL. Where standard
input is empty nothing is checked. What is printed is bandit's JSON form. Loading bandit takes most of its time: a
quarter of that is rich, which would draw a progress bar that nobody sees, and some is looking for garbage in modules.
"""

import gc
import os
import sys
from pathlib import Path
from types import ModuleType

LIST = ".bandit-files"


def _without_rich() -> None:
    rich, progress = ModuleType("rich"), ModuleType("rich.progress")
    setattr(progress, "track", lambda files, **_: files)  # noqa: B010 - a module has no such attribute for mypy
    setattr(rich, "progress", progress)  # noqa: B010
    sys.modules |= {"rich": rich, "rich.progress": progress}


def _run() -> None:
    gc.disable()
    _without_rich()
    from bandit.cli.main import main

    gc.freeze()
    gc.enable()
    folder = sys.stdin.buffer.read()
    if folder:
        os.chdir(folder)
        names = os.fsdecode(Path(LIST).read_bytes()).split("\0")[:-1]
        sys.argv = ["bandit", "--quiet", "--exit-zero", "--format", "json", "--", *names]
        main()


if __name__ == "__main__":
    _run()
