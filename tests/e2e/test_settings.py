"""The settings of a process: the folder it is started in is not believed, wrong ones are named without a traceback."""

import json
from pathlib import Path

from tests.support.process import asterism


def test_a_server_started_in_a_strange_folder_does_not_obey_it(tmp_path: Path) -> None:
    home, work = tmp_path / "home", tmp_path / "work"
    home.mkdir()
    work.mkdir()
    file = work / "asterism.toml"
    file.write_text('openai_base_url = "http://evil.example"\n')
    shown = asterism("config", "show", "--json", home=home, cwd=work)
    assert json.loads(shown.stdout)["settings"] == {}
    refused = asterism("config", "trust", "--json", home=home, cwd=work)
    assert refused.returncode == 1
    assert "openai_base_url" in refused.stderr
    file.write_text("quota_bytes = 123\n")
    assert asterism("config", "trust", home=home, cwd=work).returncode == 0
    trusted = json.loads(asterism("config", "show", "--json", home=home, cwd=work).stdout)["settings"]
    assert trusted["quota_bytes"]["value"] == 123
    assert asterism("config", "untrust", home=home, cwd=work).returncode == 0
    assert json.loads(asterism("config", "show", "--json", home=home, cwd=work).stdout)["settings"] == {}


def test_keys_are_not_shown(tmp_path: Path) -> None:
    done = asterism("config", "show", home=tmp_path, extra={"ASTERISM_OPENAI_API_KEY": "sk-hunter2"})
    assert "openai_api_key" in done.stdout
    assert "hunter2" not in done.stdout


def test_a_wrong_setting_stops_every_command_that_reads_it(tmp_path: Path) -> None:
    for arguments in (["serve"], ["token", "create"], ["user", "link", "a@b"], ["config", "show"]):
        done = asterism(*arguments, home=tmp_path, extra={"ASTERISM_PORT": "abc"})
        assert done.returncode == 1
        assert "(ASTERISM_PORT) must be a whole number" in done.stderr
        assert "Traceback" not in done.stderr
