"""`python -m bench.merge`: the corpus. With `--repo DIR`: every merge commit of a repository, merged again.

For each file that both parents changed, the result is compared with what the person committed. That is a hard judge:
people also change other things in a merge.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench import merge
from bench.merge.scoring import Outcome, by_git, by_us, judge, shares

Blobs = dict[str, str]


def main() -> int:
    """Print a table."""
    parser = argparse.ArgumentParser(prog="python -m bench.merge", description=__doc__)
    parser.add_argument("--repo", type=Path, help="replay the merge commits of this git repository")
    parser.add_argument("--limit", type=int, default=2000, help="merge commits to replay (default: 2000)")
    parser.add_argument("--show-wrong", action="store_true", help="name the files that were merged otherwise")
    options = parser.parse_args()
    if options.repo is None:
        report = merge.run()
        report.name, report.title = "merge", merge.TITLE
        sys.stdout.write(report.markdown() + "\n")
        return 0
    return replay(options.repo, options.limit, show_wrong=options.show_wrong)


def replay(repo: Path, limit: int, *, show_wrong: bool) -> int:
    """Merge again what was merged, and count."""
    git: list[Outcome] = []
    ours: list[Outcome] = []
    left: list[Outcome] = []
    for commit, path, texts, committed in merged_files(repo, limit):
        from_git = by_git(*texts)
        from_us = by_us(path, *texts)
        git.append(judge(from_git, committed))
        ours.append(judge(from_us, committed))
        if from_git is None:
            left.append(ours[-1])
        if show_wrong and from_us not in (None, committed, from_git):
            sys.stdout.write(f"{commit[:12]} {path}\n")
    sys.stdout.write(f"files that both sides changed: {len(git)}\n")
    sys.stdout.write(f"git merge-file: {shares(git)}\nours: {shares(ours)}\n")
    sys.stdout.write(f"of {len(left)} that git left as a conflict, ours: {shares(left)}\n")
    return 0


def merged_files(repo: Path, limit: int) -> Iterator[tuple[str, str, tuple[bytes, bytes, bytes], bytes]]:
    """Yield commit, path, the three texts and the committed one of every file that both parents changed."""
    log = _git(repo, "log", "--merges", "--min-parents=2", "--max-parents=2", f"-n{limit}", "--format=%H %P")
    for line in log.decode().splitlines():
        commit, one, other = line.split()
        base = _git(repo, "merge-base", one, other, check=False).decode().strip()
        if not base:
            continue
        trees = [_tree(repo, name) for name in (base, one, other, commit)]
        for path in sorted(set.intersection(*map(set, trees))):
            names = [tree[path] for tree in trees]
            if names[1] == names[2] or names[0] in names[1:3]:
                continue
            texts = [_git(repo, "cat-file", "blob", name) for name in names]
            if not any(b"\0" in text[:8000] for text in texts):
                yield commit, path, (texts[0], texts[1], texts[2]), texts[3]


def _tree(repo: Path, commit: str) -> Blobs:
    found: Blobs = {}
    for entry in _git(repo, "ls-tree", "-r", "-z", commit).split(b"\0"):
        head, _, path = entry.partition(b"\t")
        if b" blob " in head:
            found[path.decode("utf-8", "surrogateescape")] = head.split()[2].decode()
    return found


def _git(repo: Path, *words: str, check: bool = True) -> bytes:
    return subprocess.run(["git", "-C", str(repo), *words], capture_output=True, check=check).stdout


if __name__ == "__main__":
    sys.exit(main())
