import assert from "node:assert/strict";
import { test } from "node:test";
import { withMemoryUpdate } from "./tools.ts";

test("only services that are connected and healthy lend their tools", () => {
  const services = [
    { provider: "notion", status: "needs_reauth" },
    { provider: "github", status: "ok" },
  ];
  const tools = withMemoryUpdate(services);
  assert.ok(tools.includes("github_pr") && tools.includes("memory_update") && tools.includes("read_file"));
  assert.ok(!tools.some((one) => one.startsWith("notion")));
});
