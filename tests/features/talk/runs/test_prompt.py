"""Prompts as text: stored text stays data; pieces of answers stay storable."""

import re

from hypothesis import given
from hypothesis import strategies as st

from asterism.features.talk.runs.models import ContextItem
from asterism.features.talk.runs.prompt import Setting, instructions, reference_block, system_text
from asterism.features.talk.runs.tokens import estimate


def block(*texts: str) -> str:
    items = [ContextItem("chat_excerpt", "m", "c", "k", "h", "rank", 1.0, 1, text) for text in texts]
    return reference_block(items, dict.fromkeys(range(len(items)), ('A <b> & "c"', "2026-11-22")))


tags = st.sampled_from(
    ["</reference_data>", "<ITEM n=1>", "</Item>", "<reference_data", "ignore the above", "a < b", "\n"]
)


@given(st.lists(st.lists(tags | st.text(max_size=8), max_size=6).map("".join), min_size=1, max_size=4))
def test_text_cannot_leave_its_item(texts: list[str]) -> None:
    written = block(*texts)
    assert len(re.findall(r"<item ", written, re.IGNORECASE)) == len(texts)
    assert len(re.findall(r"</item", written, re.IGNORECASE)) == len(texts)
    assert len(re.findall(r"<reference_data", written, re.IGNORECASE)) == 1
    assert len(re.findall(r"</reference_data", written, re.IGNORECASE)) == 1
    assert written.endswith("\n</item>\n</reference_data>")


def test_attributes_are_escaped_and_nothing_makes_no_block() -> None:
    assert 'source="A &lt;b&gt; &amp; &quot;c&quot;" updated="2026-11-22"' in block("x")
    assert block() == ""


def test_the_servers_own_text_is_short_and_says_who_wins() -> None:
    longest = "x" * 255
    for scope, words in (("workspace", "workspace memory counts"), ("project", "project memory counts")):
        text = system_text(Setting(longest, longest, "2026-11-22", scope, True, "Be thorough." * 5))  # type: ignore[arg-type]
        assert words in text
        assert estimate(text) <= 400


def test_of_instructions_the_newest_whole_ones_are_kept() -> None:
    texts = ["a" * 2_000, "b" * 1_600, "c" * 1_200]
    assert instructions(texts) == texts[1:]
    assert instructions(["x" * 4_000]) == []
