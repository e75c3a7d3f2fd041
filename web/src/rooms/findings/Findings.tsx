import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { workspaceList } from "../../frame/queries.ts";
import { Badge } from "../../parts/Badge.tsx";
import { Button } from "../../parts/Button.tsx";
import { Page } from "../../parts/Page.tsx";
import { Section } from "../../parts/Section.tsx";
import { Select } from "../../parts/Select.tsx";
import { Empty, Trouble, Waiting } from "../../parts/States.tsx";
import { TAB, Tabs } from "../../parts/Tabs.tsx";
import { texts } from "../../texts.ts";
import { byFile } from "../review/code.ts";
import { FindingView } from "./FindingView.tsx";
import { findingsOf } from "./queries.ts";
import { Reviews } from "./Reviews.tsx";
import { STATUSES } from "./route.tsx";
import { Watched } from "./Watched.tsx";

const words = texts.findings;
const FROM = "/projects/$projectId/findings";

/** What reviews of workspaces have found, and what became of it; a finding lives on with the trees that hold its lines. */
export function Findings() {
  const { projectId } = useParams({ from: FROM });
  const { standing = "open", workspace, review } = useSearch({ from: FROM });
  const navigate = useNavigate({ from: FROM });
  const { data: workspaces = [] } = useQuery(workspaceList(projectId));
  return (
    <Page
      title={words.title}
      actions={
        <Select
          inline
          className="w-44"
          label={texts.palette.workspace}
          value={workspace ?? ""}
          choices={[{ value: "", label: words.everywhere }, ...workspaces.map((one) => ({ value: one.id, label: one.name }))]}
          onChange={(event) => void navigate({ search: (old) => ({ ...old, workspace: event.target.value || undefined }) })}
        />
      }
    >
      <div className="grid gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(0,5fr)] lg:items-start">
        <Reviews projectId={projectId} workspaces={workspaces} />
        <div className="flex min-w-0 flex-col gap-4">
          {review && <Watched key={review} projectId={projectId} id={review} />}
          <div>
            <Tabs label={words.standings}>
              {STATUSES.map((one) => (
                <Link key={one} from={FROM} to="." search={(old) => ({ ...old, standing: one })} aria-current={one === standing ? "page" : undefined} className={TAB}>
                  {words.standing[one]}
                </Link>
              ))}
            </Tabs>
            <List key={standing} projectId={projectId} />
          </div>
        </div>
      </div>
    </Page>
  );
}

function List({ projectId }: { projectId: string }) {
  const { standing = "open", workspace } = useSearch({ from: FROM });
  const query = useInfiniteQuery(findingsOf(projectId, standing, workspace));
  if (query.error) return <Trouble error={query.error} onRetry={() => void query.refetch()} />;
  if (query.isPending) return <Waiting />;
  const files = byFile(query.data.pages.flatMap((page) => page.findings));
  if (files.length === 0) return <Empty title={words.none[standing]}>{words.noneHint}</Empty>;
  return (
    <div className="flex min-w-0 flex-col gap-4">
      {files.map(({ file, issues }) => (
        <Section key={file} title={file} actions={<Badge>{texts.review.findings(issues.length)}</Badge>}>
          {issues.map((one) => <FindingView key={one.id} projectId={projectId} finding={one} />)}
        </Section>
      ))}
      {query.hasNextPage && <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{texts.more}</Button>}
    </div>
  );
}
