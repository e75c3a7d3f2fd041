"""Frames come to parts, whatever was held back, cut or folded; the shorter log says the same."""

import asyncio
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from asterism.features.talk.conversations import folds
from asterism.features.talk.conversations import teller as tellers
from asterism.features.talk.conversations.events import AgentTold, ContentDelta, Frame, agent_told
from asterism.features.talk.conversations.folds import (
    LARGEST_FRAME,
    broken_off,
    fold,
    of_message,
    part_frames,
    shorten,
)
from asterism.features.talk.conversations.models import Parts
from asterism.kernel.agents import MessageInfo, MessageTime, MessageUpdated, PartUpdated, TextPart, ToolPart, ToolState
from asterism.kernel.streams import Event


def events_of(frames: list[Frame]) -> list[Event]:
    return [Event.of(seq, frame, "2026-01-01T00:00:00.000Z") for seq, frame in enumerate(frames, 1)]


def text(part: str, content: str, **more: Any) -> AgentTold:
    shown = {"id": part, "sessionID": "s", "messageID": "m", "type": "text", "text": content}
    return agent_told("turn", "message.part.updated", {"part": shown, **more})


def told_by(steps: list[tuple[str, str, float]]) -> list[Frame]:
    """Return the frames of an agent that adds texts to parts, with seconds between."""
    frames: list[Frame] = []
    clock = {"now": 0.0}

    async def tell(*told: Frame) -> None:
        frames.extend(told)

    async def never(_: float) -> None:
        await asyncio.Event().wait()

    async def run() -> None:
        teller = tellers.Teller("turn", tell, now=lambda: clock["now"], sleep=never)
        await teller.take(MessageUpdated(MessageInfo("m", "s", "assistant", MessageTime(1))))
        whole: dict[str, str] = {}
        for name, added, pause in steps:
            whole[name] = whole.get(name, "") + added
            await teller.take(PartUpdated(TextPart(name, "s", "m", whole[name]), added))
            clock["now"] += pause
        await teller.close()

    asyncio.run(run())
    return frames


STEPS = st.lists(
    st.tuples(st.sampled_from(["a", "b"]), st.text(min_size=1, max_size=5), st.sampled_from((0.0, 0.05, 0.2, 3.0))),
    max_size=30,
)


@given(STEPS)
def test_whatever_is_held_back_all_of_it_is_told(steps: list[tuple[str, str, float]]) -> None:
    frames = told_by(steps)
    whole: dict[str, str] = {}
    for name, added, _ in steps:
        whole[name] = whole.get(name, "") + added
    state = fold(of_message(events_of(frames), "turn"))
    assert {part["id"]: part["text"] for part in state.whole.parts} == whole


@given(STEPS)
def test_the_shorter_log_says_the_same_in_one_frame_for_each_part(steps: list[tuple[str, str, float]]) -> None:
    before = events_of([*told_by(steps), ContentDelta("x", "turn"), ContentDelta("y", "turn")])
    shorter = shorten(before, "turn")
    after = [
        Event.of(one.seq, shorter.put[one.seq], one.created_at) if one.seq in shorter.put else one  # type: ignore[arg-type]
        for one in before
        if one.seq not in shorter.drop
    ]
    assert fold(of_message(after, "turn")).parts == fold(of_message(before, "turn")).parts
    assert fold(of_message(after, "turn")).infos == fold(of_message(before, "turn")).infos
    kinds = [told.kind for told in of_message(after, "turn")]
    assert kinds.count("message.part.updated") == len({name for name, _, _ in steps})
    assert [one.fact(ContentDelta) for one in after][-1] == ContentDelta("xy", "turn")
    assert {one.seq for one in after} <= {one.seq for one in before}


def test_a_part_gets_ten_frames_a_second_at_most() -> None:
    frames = told_by([("a", "x", 0.01)] * 300)
    assert len(frames) <= 1 + 3.0 / tellers.PAUSE + 2


def test_long_texts_are_told_by_what_was_added_and_whole_in_the_end() -> None:
    frames = [one for one in told_by([("a", "x" * 4096, 0.5)] * 12) if isinstance(one, AgentTold)]
    texts = [one.properties["part"]["text"] for one in frames[1:]]
    assert "" in texts
    assert texts[-1] == "x" * 4096 * 12
    assert [len(one) for one in texts].count(0) >= 4


def test_a_text_that_is_too_long_for_a_frame_is_told_in_pieces() -> None:
    part = {"id": "a", "type": "text", "text": "0123456789" * (LARGEST_FRAME // 4)}
    frames = part_frames("turn", part)
    assert len(frames) == 3
    assert all(len(str(one.properties)) < LARGEST_FRAME + 500 for one in frames)
    assert fold(frames).whole.parts == (part,)
    assert shorten(events_of(list(frames)), "turn").drop == []


def test_what_a_call_printed_is_cut() -> None:
    state = ToolState("completed", {"command": "x" * 2_000_000}, "y" * 2_000_000, metadata={"z": "z" * 2_000_000})
    part = msgspec.to_builtins(ToolPart("p", "s", "m", "bash", "c", state))
    cut = tellers.bounded(part)
    assert len(msgspec.json.encode(cut)) < LARGEST_FRAME
    assert cut["state"]["output"].endswith(tellers.CUT)
    small = {**part, "state": {"status": "completed", "output": "ok"}}
    assert tellers.bounded(small) is small


def test_what_an_ended_turn_left_open_is_closed() -> None:
    info = {"id": "m", "time": {"created": 1}}
    done = {"id": "n", "time": {"created": 1, "completed": 2}}
    open_call = {"id": "p", "type": "tool", "state": {"status": "running", "input": {}}}
    words = {"id": "q", "type": "text", "text": "x"}
    whole, changed = broken_off(Parts((info, done), (open_call, words)), 9)
    assert whole.infos == ({"id": "m", "time": {"created": 1, "completed": 9}}, done)
    assert [part["id"] for part in changed.parts] == ["p"]
    assert changed.parts[0]["state"]["status"] == "error"
    assert changed.parts[0]["state"]["output"] == changed.parts[0]["state"]["error"]
    assert len(changed.infos) == 1
    assert folds.text_of(whole) == "x"
