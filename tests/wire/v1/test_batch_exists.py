"""`POST /v1/blobs/batch-exists`: which of many blobs are not stored."""

import hashlib


def name_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_it_names_what_is_missing(alice, bob):
    stored, absent = name_of(b"stored"), name_of(b"absent")
    assert alice.put(f"/v1/blobs/upload/{stored}", content=b"stored").status_code == 201
    asked = {"hashes": [absent, stored, absent, "no hash"]}
    assert alice.post("/v1/blobs/batch-exists", json=asked).json() == {"missing": [absent, "no hash"], "checked": 3}
    assert bob.post("/v1/blobs/batch-exists", json=asked).json()["missing"] == [absent, stored, "no hash"]


def test_ten_thousand_fit_and_no_more(alice):
    hashes = [name_of(b"%d" % number) for number in range(10_001)]
    answer = alice.post("/v1/blobs/batch-exists", json={"hashes": hashes[1:]})
    assert answer.json() == {"missing": hashes[1:], "checked": 10_000}
    assert alice.post("/v1/blobs/batch-exists", json={"hashes": hashes}).status_code == 422
    assert alice.post("/v1/blobs/batch-exists", json={}).status_code == 422
