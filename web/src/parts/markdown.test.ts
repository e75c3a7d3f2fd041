import assert from "node:assert/strict";
import { test } from "node:test";
import { blocksOf, spansOf } from "./markdown.ts";

test("blocks are told apart, and an open fence ends with the text", () => {
  const kinds = blocksOf("# A\n\ntext\nmore\n\n- one\n  rest\n- two\n\n> q\n\n---\n| a | b |\n|---|---|\n| 1 | 2 |\n```js\nlet x").map((b) => b.kind);
  assert.deepEqual(kinds, ["heading", "paragraph", "list", "quote", "rule", "table", "code"]);
});

test("only links to the web become links", () => {
  assert.deepEqual(spansOf("[a](javascript:alert(1))").map((s) => s.kind).includes("link"), false);
  assert.deepEqual(spansOf("see [b](https://example.org/x) `c`"), [
    { kind: "text", text: "see " },
    { kind: "link", text: "b", href: "https://example.org/x" },
    { kind: "text", text: " " },
    { kind: "code", text: "c" },
  ]);
});

test("hostile text comes to an end", () => {
  blocksOf("*".repeat(50_000) + "\n" + "- ".repeat(20_000));
  const text = "**a ".repeat(20_000) + "[".repeat(20_000);
  assert.equal(spansOf(text).at(-1)?.kind, "text");
});
