import assert from "node:assert/strict";
import { test } from "node:test";
import { contentOf, sizeOf, textOf } from "./content.ts";

test("bytes are text only when all of them are", () => {
  assert.equal(textOf(new TextEncoder().encode("שלום\n")), "שלום\n");
  assert.equal(textOf(new Uint8Array([0x61, 0])), undefined);
  assert.equal(textOf(new Uint8Array([0xff, 0xfe])), undefined);
});

test("a picture is told by its name", async () => {
  assert.equal((await contentOf("a/B.PNG", new Blob(["x"]))).kind, "picture");
  assert.equal((await contentOf("png", new Blob(["x"]))).kind, "picture");
  assert.equal((await contentOf("a.txt", new Blob(["x"]))).kind, "text");
});

test("sizes", () => {
  assert.deepEqual([sizeOf(12), sizeOf(1234), sizeOf(2_500_000)], ["12 B", "1.2 KB", "2.5 MB"]);
});
