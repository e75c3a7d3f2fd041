// Follows an event stream of the server: one connection for all tabs of a browser, since a browser opens only six to
// one origin (HTTP/1.1). The tab that holds the lock reads; the others hear it by a channel, and one of them takes over.
import { connection } from "../api/connection.ts";
import { signOut, token } from "../api/session.ts";
import { eventsOf, type StreamEvent } from "../api/sse.ts";

const FIRST_WAIT = 500;
const LONGEST_WAIT = 10_000;

export interface Following {
  path: string;
  after: number;
  onEvent: (event: StreamEvent) => void;
  onBack: () => void; // after a cut line: what was missed is told again from the last id on
}

/** Follow until the returned function is called. */
export function follow({ path, after, onEvent, onBack }: Following): () => void {
  const stopped = new AbortController();
  const channel = new BroadcastChannel(`asterism:${path}`);
  let last = after;
  const take = (event: StreamEvent) => {
    const id = Number(event.id);
    if (event.event !== "reset" && id <= last) return; // another tab had told it
    last = id;
    onEvent(event);
  };
  channel.onmessage = (message: MessageEvent<StreamEvent>) => take(message.data);
  const lead = () =>
    reading(path, stopped.signal, () => last, onBack, (event) => {
      channel.postMessage(event);
      take(event);
    });
  const { locks } = navigator as { locks?: LockManager }; // absent where the address is neither https nor loopback
  const led = locks ? locks.request(`asterism:${path}`, { signal: stopped.signal }, lead) : lead();
  led.catch(() => undefined); // the lock was still waited for
  return () => {
    stopped.abort();
    channel.close();
  };
}

/**
 * Follow in this tab alone: what ends, and is told from its beginning. While the tab is hidden it takes none of the
 * browser's few connections; what was missed is told when it is seen again.
 */
export function followAlone({ path, after, onEvent, onBack }: Following): () => void {
  let last = after;
  let reader: AbortController | undefined;
  const begin = () => {
    reader = new AbortController();
    void reading(path, reader.signal, () => last, onBack, (event) => {
      if (Number(event.id) <= last) return;
      last = Number(event.id);
      onEvent(event);
    });
  };
  const end = () => {
    reader?.abort();
    reader = undefined;
  };
  const look = () => {
    if (document.hidden) end();
    else if (!reader) begin();
  };
  document.addEventListener("visibilitychange", look);
  look();
  return () => {
    document.removeEventListener("visibilitychange", look);
    end();
  };
}

async function reading(
  path: string,
  signal: AbortSignal,
  last: () => number,
  onBack: () => void,
  tell: (event: StreamEvent) => void,
): Promise<void> {
  let wait = FIRST_WAIT;
  let cut = false;
  while (!signal.aborted) {
    try {
      const response = await fetch(path, {
        signal,
        headers: { Authorization: `Bearer ${token() ?? ""}`, Accept: "text/event-stream", "Last-Event-ID": String(last()) },
      });
      if (response.status === 401) return signOut();
      if (response.status === 204) return; // it has ended
      if ([403, 404, 410].includes(response.status)) return; // it is gone, or not for us
      if (response.ok && response.body) {
        connection.reached();
        if (cut) onBack();
        wait = FIRST_WAIT;
        for await (const event of eventsOf(response.body)) tell(event);
      }
    } catch {
      if (signal.aborted) return;
      connection.lost();
    }
    cut = true;
    await pause(wait, signal);
    wait = Math.min(wait * 2, LONGEST_WAIT);
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", () => (clearTimeout(timer), done()), { once: true });
  });
}
