import assert from "node:assert/strict";
import { test } from "node:test";
import { byFile, codeOf } from "./code.ts";
import { NOT_BEGUN, told, type ReviewEvent } from "./progress.ts";
import { headerOf } from "./root.ts";

const timestamp = "2026-02-04T12:00:00.000Z";
const agent = { id: "guardian", lens: "security", name: "Guardian", emoji: "", description: "" } as const;
const issue = { id: "s-1", severity: "high", category: "security", title: "SQL", file: "db.py", line_start: 4, line_end: 4 } as const;

test("a lens works, finds, and fails without failing the others", () => {
  const events: ReviewEvent[] = [
    { type: "review_started", reviewId: "r", filesTotal: 3, filesSkipped: 1, timestamp },
    { type: "agent_start", agent, timestamp },
    { type: "agent_start", agent: { ...agent, id: "tester", lens: "tests" }, timestamp },
    { type: "file_start", agent: "guardian", file: "db.py", index: 1, total: 3, timestamp },
    { type: "issue_preview", agent: "guardian", issue, timestamp },
    { type: "agent_complete", agent: "tester", issueCount: 0, status: "failed", error: "too late", timestamp },
  ];
  const found = events.reduce((before, one) => told(before, one.type, one), NOT_BEGUN);
  assert.equal(found.files, 3);
  assert.deepEqual(found.lenses.map((one) => [one.state, one.read, one.found, one.thought]), [["works", 2, 1, ""], ["failed", 0, 0, "too late"]]);
  assert.equal(told(found, "error", { type: "error", error: { message: "cancelled", code: "GENERATION_FAILED" } }).ended, true);
});

test("code is numbered as the file is, with the lines around it", () => {
  const evidence = [{ type: "code" as const, title: "", sourceId: "", excerpt: "bad()\nworse()", range: { start: 4, end: 5 } }];
  const enrichment = { blame: null, context: { beforeLines: ["two", "three"], afterLines: ["six"], totalContext: 3 }, enrichedAt: timestamp };
  const lines = codeOf({ file: "a", line_start: 4, line_end: 5, evidence, enrichment });
  assert.deepEqual(lines.map((one) => one.number), [2, 3, 4, 5, 6]);
  assert.deepEqual(lines.filter((one) => one.meant).map((one) => one.text), ["bad()", "worse()"]);
  assert.deepEqual(codeOf({ file: "a", line_start: null, line_end: null, evidence: [] }), []);
});

test("files come in the order of their worst finding", () => {
  assert.deepEqual(byFile([{ file: "b" }, { file: "a" }, { file: "b" }]).map((one) => [one.file, one.issues.length]), [["b", 2], ["a", 1]]);
});

test("a path goes into a header whatever it is called", () => {
  assert.equal(headerOf("/srv/my project"), "/srv/my project");
  assert.equal(decodeURIComponent(headerOf("/srv/מה/täst 100%")), "/srv/מה/täst 100%");
});
