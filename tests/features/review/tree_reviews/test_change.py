"""The difference of two stored trees as a change: renames, what is skipped and why, and how much is read."""

import pytest

from asterism.features.accounts.identity import Caller
from asterism.features.review.findings import Lens, Severity
from asterism.features.review.inspection import Change, Options, ReviewFailed
from asterism.features.review.tree_reviews.change import change_of
from asterism.features.versions.sync import Contents
from asterism.vcs.manifest import Entry
from tests.support.shelf import Shelf
from tests.support.trees import entries_of

OPTIONS = Options("files", (Lens.TESTS,), None, Severity.LOW)
TEXT = b"".join(b"line %d\n" % number for number in range(9))
LOST = "ab" * 32


def change(shelf: Shelf, base: str | None, tree: str) -> Change:
    return change_of(Contents(shelf.db, shelf.blobs, shelf.user), base, tree, OPTIONS)


def test_files_are_read_compared_and_skipped_as_a_checkout_has_them(shelf: Shelf, caller: Caller) -> None:
    assert caller.user_id == shelf.user
    old = {
        "a.py": b"one\n",
        "old.py": TEXT,
        "gone.py": b"gone\n",
        "kind": b"file\n",
        "latin": b"a\n",
    }
    new = {"a.py": b"two\n", "new.py": TEXT + b"more\n", "latin": b"\xe4\n", "empty.py": b""}
    shelf.put(*new.values())
    extra = [
        Entry(type="symlink", path="kind", target="a.py"),
        Entry(path="lost.py", hash=LOST, size=5),
        Entry(path="huge.py", hash=LOST, size=3 << 20),
        Entry(path="vendor/x.py", hash=LOST, size=5),
    ]
    found = change(shelf, shelf.put_tree(old), shelf.put_entries([*entries_of(new), *extra]))
    kinds = {file.path: (file.diff.operation, file.diff.old_path) for file in found.files}
    assert kinds == {
        "a.py": ("modify", "a.py"),
        "gone.py": ("delete", "gone.py"),
        "latin": ("modify", "latin"),
        "new.py": ("rename", "old.py"),
    }
    assert {file.path: file.new_text for file in found.files}["latin"] == "ä\n"
    assert {skip.file: skip.reason for skip in found.skipped} == {
        "empty.py": "mode-only",
        "huge.py": "too-large",
        "kind": "symlink",
        "lost.py": "unreadable",
        "vendor/x.py": "vendored",
    }


@pytest.mark.parametrize(("count", "size"), [(2000, 1), (32, 2 << 20)])
def test_as_much_as_a_review_takes_is_read(shelf: Shelf, count: int, size: int) -> None:
    tree = shelf.put_entries([Entry(path=f"{n}.py", hash=LOST, size=size) for n in range(count)])
    with pytest.raises(ReviewFailed, match=rf"\(unreadable\) and {count - 10} more") as failed:
        change(shelf, None, tree)
    assert failed.value.code == "NO_DIFF"  # read, as far as it is there


def test_more_than_a_review_takes_is_not_read(shelf: Shelf) -> None:
    many = shelf.put_entries([Entry(path=f"{n}.py", hash=LOST, size=1) for n in range(2001)])
    large = shelf.put_entries([Entry(path=f"{n}.py", hash=LOST, size=2 << 20) for n in range(33)])
    for tree, words in ((many, "2001 changed files"), (large, "larger together"), ("ab" * 32, "not stored any more")):
        with pytest.raises(ReviewFailed, match=words) as failed:
            change(shelf, None, tree)
        assert failed.value.code == "GENERATION_FAILED"
