"""`python -m tools.notices`: write THIRD-PARTY-NOTICES.md, the packages that a server runs on and their licences.

The list is that of the lock (`requirements/run.txt`); licences are what the installed packages say of themselves.
"""

import re
import sys
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "THIRD-PARTY-NOTICES.md"
PIN = re.compile(r"^([\w.-]+)==([^\s;\\]+)", re.MULTILINE)
ELSEWHERE = {
    "agent-client-protocol": "Apache-2.0",  # which only its file of the licence says
    "colorama": "BSD-3-Clause",
    "httpx2-jsfetch": "BSD-3-Clause",
    "pywin32": "PSF-2.0",
    "pywin32-ctypes": "BSD-3-Clause",
    "tzdata": "Apache-2.0",
}
"""Licences that no installed package says: mostly of those that the lock holds for other systems than this one."""
HEAD = """# Third-party notices

Asterism is installed together with the packages below, which it does not contain; each comes with the text of its own
licence. Written by `make notices` from `requirements/run.txt`.

| package | version | licence |
|---|---|---|
"""


def main() -> None:
    """Write the file."""
    rows = [f"| {name} | {version} | {licence(name)} |" for name, version in pins()]
    TARGET.write_text(HEAD + "\n".join(rows) + "\n")
    sys.stdout.write(f"wrote {TARGET.name}: {len(rows)} packages\n")


def pins() -> list[tuple[str, str]]:
    """Return name and version of every package of the lock, in its order."""
    return PIN.findall((ROOT / "requirements" / "run.txt").read_text())


def licence(name: str) -> str:
    """Return what a package says of its licence: the SPDX expression, else its classifiers, else the first line of it.

    Raises ValueError when it says nothing, so that somebody looks.
    """
    try:
        about = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        if name in ELSEWHERE:
            return ELSEWHERE[name]
        raise ValueError(f"{name} is not installed here; add its licence to ELSEWHERE.") from None
    classifiers = [text.rpartition(" :: ")[2] for text in about.get_all("Classifier", []) if text.startswith("License")]
    expression, text = (about.get_all(field, [""])[0] for field in ("License-Expression", "License"))
    said = expression or " / ".join(classifiers) or text.partition("\n")[0] or ELSEWHERE.get(name)
    if not said:
        raise ValueError(f"{name} does not say under which licence it stands.")
    return said


if __name__ == "__main__":
    main()
