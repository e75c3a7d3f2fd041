import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Hash } from "../../parts/Hash.tsx";
import { Empty, Loaded } from "../../parts/States.tsx";
import { texts } from "../../texts.ts";
import { FileView } from "./FileView.tsx";
import { folderOf, type TreeEntry } from "./queries.ts";
import { Tree } from "./Tree.tsx";

const words = texts.workspace;
const FROM = "/projects/$projectId/workspaces/$workspaceId";

/** The tree of a snapshot, and the file of it that is read. */
export function Files({ snapshotId, head }: { snapshotId: string; head: string | null }) {
  const params = useParams({ from: FROM });
  const { path } = useSearch({ from: FROM });
  const navigate = useNavigate({ from: FROM });
  const open = (entry: TreeEntry) => void navigate({ search: (old) => ({ ...old, path: entry.path }) });
  return (
    <div className="card overflow-hidden">
      <div className="row flex-wrap border-b border-line px-3 py-1.5 text-xs text-soft">
        {words.snapshot} <Hash value={snapshotId} />
        {snapshotId !== head && (
          <>
            <span className="text-warn">{words.notHead}</span>
            <Link to={FROM} params={params} search={(old) => ({ ...old, snapshot: undefined })} className="text-accent underline">
              {words.toHead}
            </Link>
          </>
        )}
      </div>
      <div className="grid md:grid-cols-[17rem_minmax(0,1fr)]">
        <div className={`border-line md:border-e ${path ? "max-md:hidden" : ""}`}>
          <Tree snapshotId={snapshotId} selected={path} onOpen={open} />
        </div>
        <div className={path ? "min-w-0" : "max-md:hidden"}>
          {path && (
            <Link to={FROM} params={params} search={(old) => ({ ...old, path: undefined })} className="block border-b border-line px-3 py-2 text-accent md:hidden">
              ← {words.back}
            </Link>
          )}
          {path ? <Chosen snapshotId={snapshotId} path={path} /> : <Empty title={words.choose} />}
        </div>
      </div>
    </div>
  );
}

function Chosen({ snapshotId, path }: { snapshotId: string; path: string }) {
  const query = useQuery(folderOf(snapshotId, path.slice(0, Math.max(0, path.lastIndexOf("/")))));
  return (
    <Loaded query={query}>
      {(entries) => {
        const entry = entries.find((one) => one.path === path);
        if (!entry || entry.type === "dir") return <Empty title={words.noFile}>{path}</Empty>;
        if (entry.type === "symlink") return <Empty title={words.link}><code>{entry.target}</code></Empty>;
        return <FileView key={entry.path} snapshotId={snapshotId} entry={entry} />;
      }}
    </Loaded>
  );
}
