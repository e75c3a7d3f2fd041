import assert from "node:assert/strict";
import { test } from "node:test";
import { NOTHING_TOLD, told, withPart, type Frame, type Talk } from "./frames.ts";

const agent = (type: string, properties: object): Frame => ({
  type: "opencode_event",
  messageId: "m1",
  event: { payload: { type, properties: properties as never } },
});
const part = (text: string, delta?: string): Frame => agent("message.part.updated", { part: { id: "p1", type: "text", text }, delta });
const asked = agent("question.asked", { id: "q1", questions: [] });
const replied = agent("question.replied", { requestID: "q1", answers: [] });
const after = (...frames: Frame[]): Talk => frames.reduce(told, NOTHING_TOLD);

test("no word is lost or said twice, however often a frame comes", () => {
  const talk = after(part("Hel", "Hel"), part("Hello", "lo"), part("Hello", "lo"), part("", ", you"));
  assert.deepEqual(talk.parts["m1"]?.map((one) => one.text), ["Hello, you"]);
});

test("parts keep their order", () => {
  const parts = withPart(withPart([{ id: "a", type: "text", text: "1" }], { id: "b", type: "tool" }, undefined), { id: "a", type: "text", text: "2" }, undefined);
  assert.deepEqual(parts.map((one) => one.id), ["a", "b"]);
});

test("a question makes the conversation wait until it is answered", () => {
  const running = after({ type: "message_start", messageId: "m1" });
  assert.equal(running.state, "running");
  const waiting = told(told(running, asked), asked);
  assert.deepEqual([waiting.state, waiting.questions.length], ["waiting", 1]);
  assert.equal(told(waiting, replied).state, "running");
});

test("the end of a turn is the end of the work, and lists are asked for anew", () => {
  const talk = after({ type: "message_start", messageId: "m1" }, { type: "message_status", messageId: "m1", status: "completed" });
  assert.equal(talk.state, "idle");
  assert.equal(talk.stale, 2);
});

test("going back forgets what was told, and not how far the stream has come", () => {
  const talk = after(part("x"), { type: "conversation_rewound", rewindId: "r", tree: null, seq: 9 });
  assert.deepEqual([talk.parts, talk.seq], [{}, 9]);
});
