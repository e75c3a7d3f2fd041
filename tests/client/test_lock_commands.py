"""What a pull says about lock files that both sides changed: the command, and where."""

from asterism.client.join import MergeConflicts
from asterism.client.lock_commands import COMMANDS, anew
from asterism.vcs.manifest import Entry
from asterism.vcs.merge import from_entries, make_plan
from asterism.vcs.merge.contents import is_lock_file


def test_a_command_is_told_with_its_folder() -> None:
    assert anew(["web/package-lock.json", "uv.lock", "notes.lock"]) == [
        "`npm install --package-lock-only` in web writes web/package-lock.json anew.",
        "`uv lock` in the top folder writes uv.lock anew.",
    ]
    assert all(is_lock_file(f"any/{name}") for name in COMMANDS)


def test_an_open_conflict_about_a_lock_file_names_its_command() -> None:
    def hint(path: str) -> str:
        base, mine, theirs = ([Entry(type="file", path=path, hash=each * 64, size=2)] for each in "123")
        plan = make_plan(
            from_entries(base, mine, theirs), lambda wanted: {h: h[:1].encode() for h in wanted}, source="x"
        )
        return MergeConflicts(plan.decisions).hint or ""

    assert hint("uv.lock").endswith("`uv lock` in the top folder writes uv.lock anew.")
    assert "uv lock" not in hint("a.txt")
