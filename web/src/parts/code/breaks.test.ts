import assert from "node:assert/strict";
import { test } from "node:test";
import { breakOf } from "./breaks.ts";

test("lines end as all of them do", () => {
  assert.equal(breakOf("a\r\nb\r\n"), "\r\n");
  assert.equal(breakOf("a\r\nb\n"), "\n");
  assert.equal(breakOf("a\r\n", "a\n"), "\n");
  assert.equal(breakOf("a\r\n", "a"), "\r\n");
  assert.equal(breakOf("", "a\rb"), "\n");
});
