"""`asterism review` through a server: the same findings as in process, and no trust left behind."""

import pytest

from asterism.base.errors import Unavailable
from asterism.cli import review_run
from asterism.cli.review_run import Wish
from tests.wire.local.reviewing import Checkout, local

BAD = "import os\n\n\ndef f(x=[]):\n    return x\n"


def made(folder, **wish):
    asked = Wish(folder=folder, **wish)
    return review_run.made(asked, review_run.checked(asked), None)


def test_the_same_findings_with_and_without_a_server(server, tmp_path):
    checkout = Checkout(tmp_path / "pr\u00f8ject")
    checkout.write("a.py", "x = 1\n")
    checkout.commit()
    checkout.git("checkout", "-q", "-b", "topic")
    checkout.write("committed.py", BAD)
    checkout.commit()
    checkout.write("b.py", BAD)
    checkout.git("add", "b.py")
    for wish in ({}, {"staged": True}, {"base": "main"}, {"min_severity": "medium"}):
        here, there = made(checkout.root, **wish), made(checkout.root, url=server.url, **wish)
        assert [one.id for one in there.issues] == [one.id for one in here.issues] != []
        assert there.summary == here.summary
    with local(server, checkout.root) as api:
        assert api.get("/api/config/init").json()["project"]["trust"] is None


def test_nothing_to_review_and_no_server(server, tmp_path):
    checkout = Checkout(tmp_path / "project")
    checkout.commit()
    assert made(checkout.root, url=server.url, staged=True).issues == ()
    with pytest.raises(Unavailable):
        made(checkout.root, url="http://127.0.0.1:9")
    with pytest.raises(Unavailable, match="no-such-ref"):
        made(checkout.root, url=server.url, base="no-such-ref")
