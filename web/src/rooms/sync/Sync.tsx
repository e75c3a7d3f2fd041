import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Page } from "../../parts/Page.tsx";
import { Empty, Loaded } from "../../parts/States.tsx";
import { texts } from "../../texts.ts";
import { Drift } from "./Drift.tsx";
import { comparisonOf } from "./queries.ts";

const words = texts.sync;

/** What main has, what this workspace has, and what both changed. */
export function Sync() {
  const { workspaceId } = useParams({ from: "/projects/$projectId/workspaces/$workspaceId/sync" });
  const query = useQuery(comparisonOf(workspaceId));
  return (
    <Page title={words.title}>
      <Loaded query={query}>
        {({ drift, is_main_workspace: isMain, message }) =>
          drift ? <Drift drift={drift} /> : <Empty title={isMain ? words.isMain : words.nothing}>{message}</Empty>
        }
      </Loaded>
    </Page>
  );
}
