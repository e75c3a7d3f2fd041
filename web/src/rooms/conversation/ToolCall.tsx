import { Badge } from "../../parts/Badge.tsx";
import { Spinner } from "../../parts/Button.tsx";
import { texts } from "../../texts.ts";
import type { Part } from "./frames.ts";
import { gistOf } from "./gist.ts";

const words = texts.conversation;

/** One call of a tool: a line that opens to what went in and what came out. */
export function ToolCall({ part }: { part: Part }) {
  const state = part.state;
  const input = state?.input ?? {};
  const output = state?.error ?? state?.output;
  return (
    <details className="rounded-md border border-line bg-raised text-[0.8125rem]">
      <summary className="row px-3 py-1.5">
        <code className="shrink-0 font-medium">{part.tool}</code>
        <span className="min-w-0 flex-1 truncate font-mono text-xs text-soft" dir="ltr">{state?.title ?? gistOf(input)}</span>
        {state?.status === "error" && <Badge tone="bad">{words.failed}</Badge>}
        {(state?.status === "running" || state?.status === "pending") && <Spinner />}
      </summary>
      <div className="space-y-2 border-t border-line px-3 py-2">
        <Block title={words.input} text={JSON.stringify(input, null, 2)} />
        {output !== undefined && <Block title={words.output} text={output} />}
      </div>
    </details>
  );
}

function Block({ title, text }: { title: string; text: string }) {
  return (
    <div>
      <p className="text-2xs text-soft">{title}</p>
      <pre tabIndex={0} aria-label={title} dir="ltr" className="max-h-72 overflow-auto rounded bg-sunken p-2 text-xs break-words whitespace-pre-wrap">{text}</pre>
    </div>
  );
}
