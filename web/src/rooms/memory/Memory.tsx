import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { workspaceList } from "../../frame/queries.ts";
import { Page } from "../../parts/Page.tsx";
import { Select } from "../../parts/Select.tsx";
import { TAB, Tabs } from "../../parts/Tabs.tsx";
import { texts } from "../../texts.ts";
import { Blame } from "./Blame.tsx";
import { Editor } from "./Editor.tsx";
import { History } from "./History.tsx";
import { VIEWS } from "./route.tsx";

const words = texts.memory;
const FROM = "/projects/$projectId/memory";
const SHOWN = { text: Editor, blame: Blame, history: History };

/** What chats know from the start: a document for the project, and one for each workspace. */
export function Memory() {
  const { projectId } = useParams({ from: FROM });
  const { part: view = "text", workspace } = useSearch({ from: FROM });
  const { data: workspaces = [] } = useQuery(workspaceList(projectId));
  const navigate = useNavigate({ from: FROM });
  const View = SHOWN[view];
  return (
    <Page
      title={words.title}
      actions={
        <Select
          inline
          className="w-44"
          label={words.whose}
          value={workspace ?? ""}
          choices={[{ value: "", label: words.ofProject }, ...workspaces.map((one) => ({ value: one.id, label: one.name }))]}
          onChange={(event) => void navigate({ search: (old) => ({ part: old.part, workspace: event.target.value || undefined }) })}
        />
      }
    >
      <Tabs label={words.views}>
        {VIEWS.map((one) => (
          <Link
            key={one}
            from={FROM}
            to="."
            search={(old) => ({ ...old, part: one })}
            aria-current={one === view ? "page" : undefined}
            className={TAB}
          >
            {words.view[one]}
          </Link>
        ))}
      </Tabs>
      <View key={workspace ?? ""} place={{ projectId, workspaceId: workspace }} />
    </Page>
  );
}
