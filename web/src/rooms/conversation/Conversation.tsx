import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { api, ask } from "../../api/client.ts";
import { Badge } from "../../parts/Badge.tsx";
import { Button } from "../../parts/Button.tsx";
import { Loaded, Trouble } from "../../parts/States.tsx";
import { useTitle } from "../../parts/Page.tsx";
import { texts } from "../../texts.ts";
import { Checkpoints } from "./Checkpoints.tsx";
import type { Talk } from "./frames.ts";
import { Messages } from "./Messages.tsx";
import { PromptBox } from "./PromptBox.tsx";
import { conversationOf, messagesOf } from "./queries.ts";
import { Questions } from "./Questions.tsx";
import { useTalk } from "./useTalk.ts";

const words = texts.conversation;
const FROM = "/projects/$projectId/conversations/$conversationId";

/** A conversation with an agent: what was said and done, as it happens, and what to say next. */
export function Conversation() {
  const { conversationId } = useParams({ from: FROM });
  const state = useQuery(conversationOf(conversationId));
  const query = useQuery(messagesOf(conversationId));
  const talk = useTalk(conversationId);
  const [scale, setScale] = useState(false);
  useTitle(state.data?.title ?? words.untitled);
  return (
    <div className="flex h-full min-h-0 flex-col">
      <Head talk={talk} scale={scale} onScale={() => setScale(!scale)} />
      {scale && <Checkpoints conversationId={conversationId} />}
      <Loaded query={query}>{({ messages }) => <Messages conversationId={conversationId} listed={messages} talk={talk} />}</Loaded>
      <div className="border-t border-line bg-paper">
        <div className="mx-auto max-w-3xl px-3 py-3">
          {talk.notices.map((notice, at) => (
            <p key={at} role={notice.bad ? "alert" : "status"} className={`mb-1 text-xs break-words ${notice.bad ? "text-bad" : "text-warn"}`}>{notice.text}</p>
          ))}
          {talk.questions.map((question) => (
            <Questions key={question.id} conversationId={conversationId} question={question} />
          ))}
          <PromptBox conversationId={conversationId} busy={talk.state !== "idle"} />
        </div>
      </div>
    </div>
  );
}

function Head({ talk, scale, onScale }: { talk: Talk; scale: boolean; onScale: () => void }) {
  const { projectId, conversationId } = useParams({ from: FROM });
  const { data: conversation } = useQuery(conversationOf(conversationId));
  const cancelling = useMutation({
    mutationFn: () => ask(api.POST("/v1/conversations/{conversation_id}/cancel", { params: { path: { conversation_id: conversationId } }, body: {} })),
  });
  return (
    <div className="border-b border-line px-3 py-2 md:px-6">
      <div className="flex flex-wrap items-center gap-2">
        <h1 className="min-w-0 flex-1 basis-40 truncate text-base font-semibold" dir="auto">{conversation?.title ?? words.untitled}</h1>
        {conversation && (
          <Link
            to="/projects/$projectId/workspaces/$workspaceId"
            params={{ projectId, workspaceId: conversation.workspace_id }}
            className="max-w-40 truncate text-xs text-soft hover:underline"
            dir="auto"
          >
            {conversation.workspace_name}
          </Link>
        )}
        <span role="status">
          <Badge tone={talk.state === "waiting" ? "warn" : talk.state === "running" ? "good" : "plain"}>{texts.home.state[talk.state]}</Badge>
        </span>
        <Button data-checkpoints aria-pressed={scale} onClick={onScale}>{words.checkpoints}</Button>
        {talk.state !== "idle" && (
          <Button look="danger" data-stop busy={cancelling.isPending} onClick={() => cancelling.mutate()}>{words.stop}</Button>
        )}
      </div>
      {cancelling.error && <Trouble error={cancelling.error} />}
    </div>
  );
}
