"""Diffs for tests that need a file under review."""

from asterism.vcs.unified import FileDiff, parse


def added_file(path: str, text: str) -> FileDiff:
    """Return the diff that adds a file."""
    lines = text.removesuffix("\n").split("\n")
    body = "".join(f"+{line}\n" for line in lines)
    (diff,) = parse(f"--- /dev/null\n+++ b/{path}\n@@ -0,0 +1,{len(lines)} @@\n{body}", strict=True)
    return diff
