// Server-sent events read by fetch, since EventSource cannot send a token (WHATWG HTML 9.2.6).

export interface StreamEvent {
  id: string;
  event: string;
  data: string;
}

/** Take events out of text that comes in pieces, cut anywhere; `feed` returns those that are whole. */
export class EventParser {
  #rest = "";
  #id = "";
  #event = "";
  #data: string[] = [];

  feed(text: string): StreamEvent[] {
    const found: StreamEvent[] = [];
    // A CR at the end may be half of a CRLF.
    const all = this.#rest + text;
    const held = all.endsWith("\r") ? 1 : 0;
    const lines = all.slice(0, all.length - held).split(/\r\n|\r|\n/);
    this.#rest = (lines.pop() ?? "") + all.slice(all.length - held);
    for (const line of lines) {
      const event = this.#line(line);
      if (event) found.push(event);
    }
    return found;
  }

  #line(line: string): StreamEvent | undefined {
    if (line === "") {
      const data = this.#data;
      const event = { id: this.#id, event: this.#event || "message", data: data.join("\n") };
      this.#event = "";
      this.#data = [];
      return data.length > 0 ? event : undefined;
    }
    const at = line.indexOf(":");
    const name = at < 0 ? line : line.slice(0, at);
    const value = at < 0 ? "" : line.slice(at + 1).replace(/^ /, "");
    if (name === "data") this.#data.push(value);
    else if (name === "event") this.#event = value;
    else if (name === "id" && !value.includes("\0")) this.#id = value;
    return undefined;
  }
}

const SILENCE = 45_000; // milliseconds: three heartbeats of a server, as it is set by default

/** Yield the events of an answer's body until it ends. Throws where nothing comes for so long that the line must be dead. */
export async function* eventsOf(body: ReadableStream<Uint8Array>, silence = SILENCE): AsyncGenerator<StreamEvent> {
  const parser = new EventParser();
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  try {
    for (;;) {
      const { done, value } = await within(silence, reader.read());
      if (done) return;
      yield* parser.feed(value);
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("The line is silent.")), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
