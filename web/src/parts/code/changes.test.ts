import assert from "node:assert/strict";
import { test } from "node:test";
import { changesOf } from "./changes.ts";

const places = (old: string, now: string) => changesOf(old, now).map((one) => [old.slice(one.fromA, one.toA), now.slice(one.fromB, one.toB)]);

test("only what differs in a line is a change", () => {
  assert.deepEqual(places("a\ntimeout = 10\nb\n", "a\ntimeout = 45\nb\n"), [["10", "45"]]);
});

test("whole lines come and go", () => {
  assert.deepEqual(places("a\nb\n", "a\nnew\nb\n"), [["", "new\n"]]);
  assert.deepEqual(places("a\nold\nb", "a\nb"), [["old\n", ""]]);
  assert.deepEqual(places("", "a\n"), [["", "a\n"]]);
  assert.deepEqual(places("same\n", "same\n"), []);
});

test("changes all over a long text are found one by one", () => {
  const lines = Array.from({ length: 20_000 }, (_, n) => `line ${n} of it\n`);
  const changed = lines.map((line, n) => (n % 100 === 7 ? `LINE ${n}\n` : line));
  assert.equal(new Set(changesOf(lines.join(""), changed.join("")).map((one) => Math.floor(one.fromA / 1000))).size > 100, true);
});

test("up to 1,000 lines are found that are other ones", () => {
  const lines = (count: number) => Array.from({ length: 5000 }, (_, n) => (n % 4 === 1 && n < count * 4 ? `NEW ${n}\n` : `${n}\n`)).join("");
  assert.equal(changesOf(lines(0), lines(1000)).length > 900, true);
  assert.equal(changesOf(lines(0), lines(1001)).length, 1);
});

test("a text that is another one altogether is one change, ends left out", () => {
  const old = ["same\n", ...Array.from({ length: 30_000 }, (_, n) => `a${n}\n`), "end\n"].join("");
  const now = ["same\n", ...Array.from({ length: 30_000 }, (_, n) => `b${n}\n`), "end\n"].join("");
  const [change, ...others] = changesOf(old, now);
  assert.equal(others.length, 0);
  assert.deepEqual([change?.fromA, change?.toA, change?.fromB, change?.toB], [5, old.length - 4, 5, now.length - 4]);
});
