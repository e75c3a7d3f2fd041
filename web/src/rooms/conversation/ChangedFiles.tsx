import { useQuery } from "@tanstack/react-query";
import { Badge, type Tone } from "../../parts/Badge.tsx";
import type { Shapes } from "../../api/client.ts";
import { texts } from "../../texts.ts";
import { timelineOf } from "./queries.ts";

export const TONES: Record<Shapes["FileChange"]["change"], Tone> = { added: "good", deleted: "bad", modified: "plain" };

/** The files that a turn has changed. */
export function ChangedFiles({ conversationId, messageId }: { conversationId: string; messageId: string }) {
  const { data: timeline = [] } = useQuery(timelineOf(conversationId));
  const items = timeline.filter((item) => item.messageId === messageId);
  if (items.length === 0) return null;
  return (
    <>
      {items.map((item) => (
        <details key={item.id} className="rounded-md border border-line bg-raised text-[0.8125rem]" open={item.files.length <= 5}>
          <summary className="row px-3 py-1.5">
            <span className="font-medium">{texts.count.files(item.files.length)}</span>
            {item.summary && <span className="min-w-0 flex-1 truncate text-soft" dir="auto">{item.summary}</span>}
          </summary>
          <FileList files={item.files} />
        </details>
      ))}
    </>
  );
}

export function FileList({ files }: { files: readonly Shapes["FileChange"][] }) {
  return (
    <ul className="max-h-60 overflow-y-auto border-t border-line py-1">
      {files.map((file) => (
        <li key={file.path} className="row px-3 py-0.5">
          <span className="min-w-0 flex-1 truncate font-mono text-xs" dir="ltr" title={file.path}>{file.path}</span>
          {file.additions != null && <span className="text-xs text-good">+{file.additions}</span>}
          {file.deletions != null && <span className="text-xs text-bad">−{file.deletions}</span>}
          <Badge tone={TONES[file.change]}>{file.change}</Badge>
        </li>
      ))}
    </ul>
  );
}
