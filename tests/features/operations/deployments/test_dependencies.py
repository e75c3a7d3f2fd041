"""What an install leaves: taken again by the same project, and never through links."""

from dataclasses import replace
from pathlib import Path

from asterism.features.operations.deployments.dependencies import Dependencies
from asterism.features.operations.detection import Recipe, Requirements

NEEDS = Requirements(recipe=Recipe(install="npm ci"))


def place(cache: Path, folder: Path, lock: str = "1", needs: Requirements = NEEDS) -> Dependencies:
    (folder / needs.root).mkdir(parents=True)
    (folder / needs.root / "package-lock.json").write_text(lock)
    return Dependencies(cache, folder, needs)


def install(one: Dependencies, text: str = "made") -> None:
    kept = one.kept("npm ci")
    assert not one.take(kept)
    (one.folder / one.where / "node_modules" / "a").mkdir(parents=True)
    (one.folder / one.where / "node_modules" / "a" / "index.js").write_text(text)
    (one.folder / one.where / "package-lock.json").write_text("written by the install")
    one.keep(kept)


def test_the_same_lock_file_takes_what_was_installed(tmp_path: Path) -> None:
    install(place(tmp_path / "c", tmp_path / "first"))
    again = place(tmp_path / "c", tmp_path / "again")
    assert again.take(again.kept("npm ci"))
    assert (tmp_path / "again/node_modules/a/index.js").read_text() == "made"
    for other in (
        place(tmp_path / "c", tmp_path / "lock", "2"),
        place(tmp_path / "other project", tmp_path / "project"),
        place(tmp_path / "c", tmp_path / "root", needs=replace(NEEDS, root="apps/web")),
    ):
        assert not other.take(other.kept("npm ci"))
    assert not again.take(again.kept("npm install"))


def test_a_link_in_the_place_of_what_was_installed_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "data"
    secret.mkdir()
    (secret / "master.key").write_text("secret")
    one = place(tmp_path / "c", tmp_path / "first")
    kept = one.kept("npm ci")
    (one.folder / "node_modules").symlink_to(secret)
    one.keep(kept)
    assert not kept.exists()
    inner = place(tmp_path / "c", tmp_path / "inner", needs=replace(NEEDS, root="apps/web"))
    kept = inner.kept("npm ci")
    (inner.folder / "apps").rename(inner.folder / "real")
    (inner.folder / "apps").symlink_to(inner.folder / "real")
    assert inner.where == "."
    inner.keep(kept)
    assert not kept.exists()


def test_only_what_was_used_last_is_kept(tmp_path: Path) -> None:
    for number in range(6):
        install(place(tmp_path / "c", tmp_path / str(number), str(number)))
    assert len(list((tmp_path / "c" / "installed").iterdir())) == 4


def test_programs_that_name_their_folder_are_not_moved(tmp_path: Path) -> None:
    one = replace(place(tmp_path / "c", tmp_path / "first"), movable=False)
    kept = one.kept("npm ci")
    (one.folder / ".venv").mkdir()
    one.keep(kept)
    assert not kept.exists()
