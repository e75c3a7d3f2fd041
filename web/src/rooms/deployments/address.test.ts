import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf } from "./address.ts";

test("only addresses of the web are opened", () => {
  assert.equal(addressOf("http://127.0.0.1:4000"), "http://127.0.0.1:4000/");
  for (const bad of [null, "", "javascript:alert(1)", "data:text/html,x", "no address"]) assert.equal(addressOf(bad), undefined);
});
