"""Facts of texts that nobody wrote to be read: they never fail, and say what they did not read."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asterism.vcs.facts import CODE, MAX_BYTES, extract

LANGUAGES = sorted({*CODE, "markdown", "tsconfig", "package-json", "go-mod", "cargo-toml", "text"})
NASTY = [
    b"\xff\xfe\x80 broken \xc3(",
    "# Grüße, 日本語 \u202e\n".encode(),
    "x = 'Grüße'\n".encode("latin-1"),
    b"def (((\nclass {[<\n",
    b"def f(:\n    return\n\ndef g(): pass\n",
    b"{" * 5000,
    b'"' + b"\\" * 999,
    b"a," * 20_000,
    b'{"paths": 1, "compilerOptions": [], "exports": {"./a": null, "./b": 7}, "name": 3}',
    b'{"compilerOptions": {"paths": {"a": "b", "c": [1]}, "baseUrl": []}, "extends": {}}',
    b"[package]\nname = 3\n[lib]\npath = []\n",
    b"[[" * 500,
    b"m! { " + b"{" * 5_000 + b" mod x; " + b"}" * 5_000 + b"}",
    b"m! { " + b"use " * 20_000 + b"}",
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("source", NASTY, ids=range(len(NASTY)))
def test_nothing_makes_it_fail(language: str, source: bytes):
    assert extract(language, source).language == language


@settings(max_examples=60, deadline=None)
@given(language=st.sampled_from(LANGUAGES), source=st.binary(max_size=400))
def test_any_bytes_have_facts_and_always_the_same(language: str, source: bytes):
    assert extract(language, source) == extract(language, source)


def test_what_stands_around_a_syntax_error_is_read():
    facts = extract("python", b"def before(): pass\n\ndef broken(:\n    ((\n\ndef after(): pass\n")
    assert "before" in {one.name for one in facts.symbols}
    assert facts.whole


def test_a_text_of_the_limit_is_read_and_one_byte_more_is_not():
    text = b"def f(): pass\n" + b"#" * (MAX_BYTES - 14)
    assert extract("python", text).symbols
    larger = extract("python", text + b"#")
    assert (larger.symbols, larger.whole) == ((), False)


def test_bytes_with_a_nul_are_binary_whatever_their_name():
    assert not extract("python", b"def f(): pass\n\0").whole


def test_a_generated_line_is_read_in_time():
    facts = extract("javascript", b"var data=[" + b"1," * 190_000 + b"];function f(){}")
    assert {"data", "f"} <= {one.name for one in facts.symbols}


def test_work_without_end_is_given_up_the_same_way_every_time():
    deep = b"{a:[<" * 79_000
    assert extract("rust", deep) == extract("rust", deep)
