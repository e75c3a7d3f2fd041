import assert from "node:assert/strict";
import { test } from "node:test";
import { duration, relative } from "./times.ts";

const NOW = Date.parse("2026-02-04T12:00:00Z");

test("times are said from where we are", () => {
  assert.equal(relative("2026-02-04T11:59:40Z", NOW), "just now");
  assert.match(relative("2026-02-04T11:55:00Z", NOW), /5.*m/);
  assert.match(relative("2026-02-03T11:00:00Z", NOW), /1.*d/);
  assert.match(relative("2020-02-03T11:00:00Z", NOW), /6.*y/);
  assert.match(relative("2026-02-04T12:10:00Z", NOW), /in 10/);
});

test("lengths are short", () => {
  assert.equal(duration(1234), "1.2 s");
  assert.equal(duration(600_000), "10 min");
});
