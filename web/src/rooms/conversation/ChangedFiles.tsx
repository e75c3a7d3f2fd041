import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Shapes } from "../../api/client.ts";
import { Badge, type Tone } from "../../parts/Badge.tsx";
import { Patch } from "../../parts/Code.tsx";
import { Loaded } from "../../parts/States.tsx";
import { texts } from "../../texts.ts";
import { timelineOf, treeLinesOf } from "./queries.ts";

const TONES: Record<Shapes["FileChange"]["change"], Tone> = { added: "good", deleted: "bad", modified: "plain" };
type Trees = readonly [from: string, to: string];

/** The files that a turn has changed; each opens to what differs. */
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
          <FileList files={item.files} trees={item.previousManifestHash ? [item.previousManifestHash, item.manifestHash] : undefined} />
        </details>
      ))}
    </>
  );
}

export function FileList({ files, trees }: { files: readonly Shapes["FileChange"][]; trees?: Trees }) {
  return (
    <ul className="max-h-96 overflow-y-auto border-t border-line py-1">
      {files.map((file) => (
        <ChangedFile key={file.path} file={file} trees={trees} />
      ))}
    </ul>
  );
}

function ChangedFile({ file, trees }: { file: Shapes["FileChange"]; trees: Trees | undefined }) {
  const [open, setOpen] = useState(false);
  const line = (
    <>
      <span className="min-w-0 flex-1 truncate font-mono text-xs" dir="ltr" title={file.path}>{file.path}</span>
      {file.additions != null && <span className="text-xs text-good">+{file.additions}</span>}
      {file.deletions != null && <span className="text-xs text-bad">−{file.deletions}</span>}
      <Badge tone={TONES[file.change]}>{file.change}</Badge>
    </>
  );
  if (!trees) return <li className="row px-3 py-0.5">{line}</li>;
  return (
    <li>
      <button type="button" data-file aria-expanded={open} onClick={() => setOpen(!open)} className="row w-full px-3 py-0.5 text-start hover:bg-hover">
        {line}
      </button>
      {open && <Changed trees={trees} path={file.path} />}
    </li>
  );
}

function Changed({ trees, path }: { trees: Trees; path: string }) {
  const query = useQuery(treeLinesOf(...trees, path));
  return <Loaded query={query}>{({ diff }) => <Patch text={diff ?? ""} label={path} />}</Loaded>;
}
