import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import { Badge } from "../../parts/Badge.tsx";
import { Page } from "../../parts/Page.tsx";
import { Empty, Loaded } from "../../parts/States.tsx";
import { TAB, Tabs } from "../../parts/Tabs.tsx";
import { texts } from "../../texts.ts";
import { Compare } from "./Compare.tsx";
import { Files } from "./Files.tsx";
import { History } from "./History.tsx";
import { NewConversation } from "./NewConversation.tsx";
import { workspaceOf } from "./queries.ts";
import { VIEWS } from "./route.tsx";

const words = texts.workspace;
const FROM = "/projects/$projectId/workspaces/$workspaceId";

/** A workspace: its files at any snapshot, its history, and what differs between two of it. */
export function Workspace() {
  const { projectId, workspaceId } = useParams({ from: FROM });
  const { view = "files", snapshot } = useSearch({ from: FROM });
  const query = useQuery(workspaceOf(workspaceId));
  return (
    <Loaded query={query}>
      {({ workspace }) => {
        const head = workspace.current_snapshot_id;
        const shown = snapshot ?? head;
        return (
          <Page
            wide
            title={workspace.name}
            actions={
              <>
                {workspace.is_main && <Badge tone="accent">{texts.project.main}</Badge>}
                {workspace.dirty && <Badge title={texts.project.dirtyHint}>{texts.project.dirty}</Badge>}
                {!workspace.is_main && (
                  <Link to="/projects/$projectId/workspaces/$workspaceId/sync" params={{ projectId, workspaceId }} className={LINK}>
                    {words.sync}
                  </Link>
                )}
                <NewConversation projectId={projectId} workspaceId={workspaceId} />
              </>
            }
          >
            <Tabs label={words.views}>
              {VIEWS.map((one) => (
                <Link
                  key={one}
                  to={FROM}
                  params={{ projectId, workspaceId }}
                  search={(old) => ({ ...old, view: one })}
                  aria-current={one === view ? "page" : undefined}
                  className={TAB}
                >
                  {words.view[one]}
                </Link>
              ))}
            </Tabs>
            {shown === null ? (
              <Empty title={words.noSnapshot}>
                <code>asterism push</code> {words.noSnapshotHint}
              </Empty>
            ) : view === "files" ? (
              <Files key={shown} snapshotId={shown} head={head} />
            ) : view === "history" ? (
              <History workspace={workspace} />
            ) : (
              <Compare workspaceId={workspaceId} head={shown} />
            )}
          </Page>
        );
      }}
    </Loaded>
  );
}

export const LINK =
  "inline-flex min-h-8 items-center rounded-md border border-line-strong bg-raised px-2.5 text-[0.8125rem] font-medium hover:bg-hover";
