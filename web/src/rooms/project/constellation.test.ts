import assert from "node:assert/strict";
import { test } from "node:test";
import { places } from "./constellation.ts";

const away = (place: { x: number; y: number }) => Math.hypot(place.x - 50, place.y - 50);

test("main is in the middle, and who drifts more is farther away", () => {
  const [main, near, far] = places([
    { id: "m", main: true, drift: 0 },
    { id: "n", main: false, drift: 2 },
    { id: "f", main: false, drift: 900 },
  ]);
  assert.ok(main && near && far);
  assert.equal(away(main), 0);
  assert.ok(away(near) < away(far));
  assert.ok(away(far) <= 42);
});

test("without drift, or alone, everybody has a place inside", () => {
  for (const { x, y } of places([{ id: "a", main: false, drift: 0 }])) assert.ok(x > 0 && x < 100 && y > 0 && y < 100);
});
