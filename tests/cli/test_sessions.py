"""What a command says of a token that no server takes any more."""

from pathlib import Path

import msgspec

from tests.support.process import asterism
from tests.support.server import TestServer


def test_a_saved_sign_in_that_expired_is_told_from_a_token_that_nobody_knows(
    server: TestServer, tmp_path: Path
) -> None:
    folder = tmp_path / "config" / "asterism"
    folder.mkdir(parents=True)
    extra = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "ASTERISM_URL": server.url}

    def said(expires_at: float | None) -> str:
        entry = {"email": "a@example.org", "token": "ast_u_gone", "expires_at": expires_at}
        (folder / "sign-in.json").write_bytes(msgspec.json.encode({server.url: entry}))
        done = asterism("whoami", home=tmp_path, extra=extra)
        assert done.returncode == 3
        return done.stderr

    assert f"Your sign-in at {server.url} expired on 2026-01-02." in said(1_767_350_000)
    assert "expired on" not in said(None)
    assert "expired on" not in said(32_000_000_000)
