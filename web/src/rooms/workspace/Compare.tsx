import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { Shapes } from "../../api/client.ts";
import { Badge, type Tone } from "../../parts/Badge.tsx";
import { Button } from "../../parts/Button.tsx";
import { Reader, Sides } from "../../parts/Code.tsx";
import { INPUT } from "../../parts/Field.tsx";
import { Section } from "../../parts/Section.tsx";
import { Empty, Loaded, Trouble, Waiting } from "../../parts/States.tsx";
import { shortOf } from "../../parts/short.ts";
import { texts } from "../../texts.ts";
import { ContentView } from "./FileView.tsx";
import { blobOf, changesOf, historyOf, sidesOf } from "./queries.ts";

const words = texts.workspace;
const FROM = "/projects/$projectId/workspaces/$workspaceId";
const TONES: Record<string, Tone> = { added: "good", deleted: "bad", modified: "plain" };
type Change = Shapes["SnapshotChange"];

/** What differs between two snapshots: the files, then the lines of each. */
export function Compare({ workspaceId, head }: { workspaceId: string; head: string }) {
  const search = useSearch({ from: FROM });
  const navigate = useNavigate({ from: FROM });
  const history = useInfiniteQuery(historyOf(workspaceId));
  const [split, setSplit] = useState(() => innerWidth > 1100);
  const snapshots = history.data?.pages.flatMap((page) => page.snapshots) ?? [];
  const to = search.to ?? head;
  const from = search.from ?? snapshots.find((one) => one.id === to)?.parent_snapshot_id ?? undefined;
  const choose = (side: "from" | "to", id: string) => void navigate({ search: (old) => ({ ...old, [side]: id }) });
  return (
    <Section
      title={words.view.compare}
      actions={<Button data-split aria-pressed={split} onClick={() => setSplit(!split)}>{split ? words.unified : words.split}</Button>}
    >
      <div className="grid gap-2 border-b border-line p-3 sm:grid-cols-2">
        {(["from", "to"] as const).map((side) => (
          <label key={side} className="min-w-0">
            <span className="text-xs text-soft">{words[side]}</span>
            <select className={INPUT} value={(side === "from" ? from : to) ?? ""} onChange={(event) => choose(side, event.target.value)}>
              {(side === "from" ? from : to) === undefined && <option value="">{texts.none}</option>}
              {[from, to].filter((id) => id && !snapshots.some((one) => one.id === id)).map((id) => (
                <option key={id} value={id}>{shortOf(id ?? "")}</option>
              ))}
              {snapshots.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.summary ?? words.untitled} · {shortOf(one.id)}
                </option>
              ))}
            </select>
          </label>
        ))}
      </div>
      {from === undefined ? history.isPending ? <Waiting /> : <Empty title={words.chooseTwo} /> : <Changes from={from} to={to} split={split} />}
    </Section>
  );
}

function Changes({ from, to, split }: { from: string; to: string; split: boolean }) {
  const query = useInfiniteQuery(changesOf(from, to));
  if (query.error) return <Trouble error={query.error} onRetry={() => void query.refetch()} />;
  if (query.isPending) return <Waiting />;
  const files = query.data.pages.flatMap((page) => page.files);
  if (files.length === 0) return <Empty title={words.nothingDiffers} />;
  return (
    <>
      <ul>
        {files.map((file) => (
          <ChangedFile key={file.path} file={file} split={split} first={files.length <= 3} />
        ))}
      </ul>
      {query.hasNextPage && (
        <div className="p-2 text-center">
          <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{texts.more}</Button>
        </div>
      )}
    </>
  );
}

function ChangedFile({ file, split, first }: { file: Change; split: boolean; first: boolean }) {
  const [open, setOpen] = useState(first);
  return (
    <li className="border-b border-line last:border-0">
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)} className="row w-full px-3 py-2 text-start hover:bg-hover">
        <span aria-hidden="true" className="text-2xs text-faint">{open ? "▾" : "▸"}</span>
        <span className="min-w-0 flex-1 truncate font-mono text-xs" dir="ltr" title={file.path}>{file.path}</span>
        {file.additions !== undefined && <span className="text-xs text-good">+{file.additions}</span>}
        {file.deletions !== undefined && <span className="text-xs text-bad">−{file.deletions}</span>}
        <Badge tone={TONES[file.change] ?? "plain"}>{file.change}</Badge>
      </button>
      {open && <div className="border-t border-line">{file.binary || file.too_large ? <Contents file={file} /> : <ChangedLines file={file} split={split} />}</div>}
    </li>
  );
}

function ChangedLines({ file, split }: { file: Change; split: boolean }) {
  const query = useQuery(sidesOf(file.old_hash, file.new_hash));
  return (
    <Loaded query={query}>
      {({ old, now }) => {
        if (old === undefined || now === undefined) return <Contents file={file} />;
        if (split) return <Sides old={old} now={now} label={file.path} />;
        return <Reader text={now} against={old} folded height="part" label={file.path} />;
      }}
    </Loaded>
  );
}

/** Pictures beside each other; of other files that are no text the sizes. */
function Contents({ file }: { file: Change }) {
  return (
    <div className="grid sm:grid-cols-2">
      {[file.old_hash, file.new_hash].map((hash, at) => (
        <div key={at} className="border-line even:border-s">
          <p className="px-3 pt-2 text-xs text-soft">{at === 0 ? words.from : words.to}</p>
          {hash ? <Side hash={hash} path={file.path} /> : <Empty title={texts.none} />}
        </div>
      ))}
    </div>
  );
}

function Side({ hash, path }: { hash: string; path: string }) {
  const query = useQuery(blobOf(hash, path));
  return <Loaded query={query}>{(content) => <ContentView content={content} path={path} />}</Loaded>;
}
