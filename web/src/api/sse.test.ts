import assert from "node:assert/strict";
import { test } from "node:test";
import { EventParser, eventsOf } from "./sse.ts";

const TEXT = 'id: 7\r\nevent: snapshot.made\r\ndata: {"a":\r\ndata: 1}\r\n\r\n: beat\n\nid: 8\ndata: x\n\n';
const WANTED = [
  { id: "7", event: "snapshot.made", data: '{"a":\n1}' },
  { id: "8", event: "message", data: "x" },
];

test("events are the same however the text is cut", () => {
  for (let at = 0; at <= TEXT.length; at++) {
    const parser = new EventParser();
    assert.deepEqual([...parser.feed(TEXT.slice(0, at)), ...parser.feed(TEXT.slice(at))], WANTED, `cut at ${at}`);
  }
});

test("what is not ended is not told", () => {
  assert.deepEqual(new EventParser().feed("data: half\n"), []);
});

const body = (pieces: string[], ends: boolean) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
      if (ends) controller.close();
    },
  });

test("a line that is silent for too long is given up after what it told", async () => {
  const told: string[] = [];
  const read = async (ends: boolean) => {
    for await (const event of eventsOf(body([TEXT], ends), 20)) told.push(event.id);
  };
  await read(true);
  await assert.rejects(read(false), /silent/);
  assert.deepEqual(told, ["7", "8", "7", "8"]);
});
