import assert from "node:assert/strict";
import { test } from "node:test";
import { heard, NOTHING, type Answer } from "./answer.ts";

type Step = readonly [string, Parameters<typeof heard>[2]];
const after = (...steps: Step[]): Answer => steps.reduce((answer, [kind, told]) => heard(answer, kind, told), NOTHING);

test("pieces become the text, and the end has the last word", () => {
  const pieces: Step[] = [
    ["token.delta", { delta: "He" }],
    ["token.delta", { delta: "llo" }],
  ];
  assert.equal(after(...pieces).text, "Hello");
  assert.deepEqual(after(...pieces, ["message.final", { content: "Hello!" }]), { ...NOTHING, text: "Hello!", ended: true });
});

test("a call of a tool knows its own end", () => {
  const { tools } = after(
    ["tool.start", { tool_call_id: "a", tool_name: "search", arguments: { query: "x" } }],
    ["tool.start", { tool_call_id: "b", tool_name: "read", arguments: {} }],
    ["tool.end", { tool_call_id: "a", success: false, preview: "none" }],
  );
  assert.deepEqual(tools, [
    { id: "a", name: "search", input: { query: "x" }, output: "none", success: false },
    { id: "b", name: "read", input: {} },
  ]);
});

test("a run that failed has ended, and what is not known changes nothing", () => {
  assert.deepEqual(after(["run.error", { message: "No key." }], ["comet", {}]), { ...NOTHING, ended: true, error: "No key." });
});
