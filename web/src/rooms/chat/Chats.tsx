import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { api, ask } from "../../api/client.ts";
import { keys } from "../../log/keys.ts";
import { Badge } from "../../parts/Badge.tsx";
import { Button } from "../../parts/Button.tsx";
import { Page } from "../../parts/Page.tsx";
import { Empty, Loaded, Trouble } from "../../parts/States.tsx";
import { Time } from "../../parts/Time.tsx";
import { texts } from "../../texts.ts";
import { chatList } from "./queries.ts";

const words = texts.chat;

/** The chats of a project, newest first. */
export function Chats() {
  const { projectId } = useParams({ from: "/projects/$projectId/chats" });
  const query = useQuery(chatList(projectId));
  const client = useQueryClient();
  const navigate = useNavigate();
  const beginning = useMutation({
    mutationFn: () => ask(api.POST("/v1/projects/{project_id}/chats", { params: { path: { project_id: projectId } }, body: {} })),
    onSuccess: ({ chat }) => {
      void client.invalidateQueries({ queryKey: keys.project(projectId, "chats") });
      void navigate({ to: "/projects/$projectId/chats/$chatId", params: { projectId, chatId: chat.id } });
    },
  });
  return (
    <Page
      title={words.title}
      actions={
        <>
          <Link to="/projects/$projectId/memory" params={{ projectId }} className="px-2 text-accent underline">{words.toMemory}</Link>
          <Button look="primary" data-begin busy={beginning.isPending} onClick={() => beginning.mutate()}>{words.begin}</Button>
        </>
      }
    >
      {beginning.error && <Trouble error={beginning.error} />}
      <Loaded query={query}>
        {(chats) =>
          chats.length === 0 ? (
            <Empty title={words.none}>{words.noneHint}</Empty>
          ) : (
            <ul className="card overflow-hidden">
              {chats.map((one) => (
                <li key={one.id} className="border-b border-line last:border-0">
                  <Link to="/projects/$projectId/chats/$chatId" params={{ projectId, chatId: one.id }} className="row px-3 py-2 hover:bg-hover">
                    <span className="min-w-0 flex-1 truncate font-medium" dir="auto">{one.title}</span>
                    {one.meta?.active_run_id && <Badge tone="good">{texts.home.state.running}</Badge>}
                    <span className="hidden text-xs text-soft sm:inline">{words.messages(one.meta?.message_count ?? 0)}</span>
                    <Time at={one.meta?.updated_at ?? one.created_at} className="text-xs text-faint" />
                  </Link>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Page>
  );
}
