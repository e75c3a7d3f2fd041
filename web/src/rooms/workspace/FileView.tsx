import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { Reader } from "../../parts/Code.tsx";
import { Empty, Loaded } from "../../parts/States.tsx";
import { texts } from "../../texts.ts";
import { Blame } from "./Blame.tsx";
import { sizeOf, type Content } from "./content.ts";
import { blobOf, type TreeEntry } from "./queries.ts";

const words = texts.workspace;
const FROM = "/projects/$projectId/workspaces/$workspaceId";

/** One file of a snapshot: text with line numbers or with who brought each line, a picture, or its size alone. */
export function FileView({ snapshotId, entry }: { snapshotId: string; entry: TreeEntry }) {
  const params = useParams({ from: FROM });
  const { blame } = useSearch({ from: FROM });
  const query = useQuery(blobOf(entry.hash ?? "", entry.path));
  return (
    <div>
      <div className="row flex-wrap border-b border-line px-3 py-1.5">
        <h2 className="min-w-0 flex-1 truncate font-mono text-xs" dir="ltr" title={entry.path}>{entry.path}</h2>
        <span className="text-xs text-faint">{sizeOf(entry.size ?? 0)}</span>
        <Link
          to={FROM}
          params={params}
          search={(old) => ({ ...old, blame: blame ? undefined : true })}
          aria-pressed={blame === true}
          role="button"
          className="rounded border border-line px-2 py-0.5 text-xs hover:bg-hover aria-pressed:bg-accent-soft aria-pressed:text-accent"
        >
          {words.blame}
        </Link>
      </div>
      {blame ? (
        <Blame snapshotId={snapshotId} path={entry.path} />
      ) : (
        <Loaded query={query}>{(content) => <ContentView content={content} path={entry.path} />}</Loaded>
      )}
    </div>
  );
}

export function ContentView({ content, path, short = false }: { content: Content; path: string; short?: boolean }) {
  switch (content.kind) {
    case "text":
      return content.text === "" ? <Empty title={words.emptyFile} /> : <Reader text={content.text} label={path} height={short ? "short" : "page"} />;
    case "picture":
      return <Picture blob={content.blob} label={path} />;
    case "large":
      return <Empty title={words.large(sizeOf(content.size))} />;
    default:
      return <Empty title={words.binary(sizeOf(content.size))} />;
  }
}

function Picture({ blob, label }: { blob: Blob; label: string }) {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(blob);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return (
    <div className="grid min-h-40 place-items-center bg-sunken p-4">
      {url && <img src={url} alt={label} className="max-h-[60vh] max-w-full" />}
    </div>
  );
}
