import assert from "node:assert/strict";
import { test } from "node:test";
import { providersOf } from "./providers.ts";

test("each provider once, and none that asks for no key", () => {
  const models = ["openai", "local", "anthropic", "openai"].map((provider) => ({ provider }));
  assert.deepEqual(providersOf(models), ["openai", "anthropic"]);
});
