import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { conversationList, workspaceList } from "../../frame/queries.ts";
import { Badge } from "../../parts/Badge.tsx";
import { Page } from "../../parts/Page.tsx";
import { Section } from "../../parts/Section.tsx";
import { Empty, Loaded } from "../../parts/States.tsx";
import { Time } from "../../parts/Time.tsx";
import { texts } from "../../texts.ts";
import { NewConversation } from "../workspace/NewConversation.tsx";

const words = texts.conversation;

/** The conversations of a project, the one that changed last first. */
export function Conversations() {
  const { projectId } = useParams({ from: "/projects/$projectId/conversations" });
  const query = useQuery(conversationList);
  const { data: workspaces = [] } = useQuery(workspaceList(projectId));
  const place = workspaces.find((one) => one.is_main) ?? workspaces[0];
  return (
    <Page title={texts.rooms.conversations} actions={place && <NewConversation projectId={projectId} workspaceId={place.id} />}>
      <Section title={texts.rooms.conversations}>
        <Loaded query={query}>
          {(all) => {
            const found = all.filter((one) => one.project_id === projectId);
            if (found.length === 0) return <Empty title={words.none}>{words.noneHint}</Empty>;
            return (
              <ul>
                {found.map((one) => (
                  <li key={one.id} className="border-b border-line last:border-0">
                    <Link to="/projects/$projectId/conversations/$conversationId" params={{ projectId, conversationId: one.id }} className="block px-3 py-2 hover:bg-hover">
                      <span className="row justify-between">
                        <span className="truncate font-medium" dir="auto">{one.title ?? words.untitled}</span>
                        {one.state !== "idle" && <Badge tone={one.state === "waiting" ? "warn" : "good"}>{texts.home.state[one.state]}</Badge>}
                      </span>
                      <span className="row text-xs text-soft">
                        <span className="truncate" dir="auto">{one.workspace_name}</span>
                        {one.last_message_preview && <span className="min-w-0 flex-1 truncate text-faint" dir="auto">{one.last_message_preview}</span>}
                        <Time at={one.updated_at} className="ms-auto text-faint" />
                      </span>
                    </Link>
                  </li>
                ))}
              </ul>
            );
          }}
        </Loaded>
      </Section>
    </Page>
  );
}
