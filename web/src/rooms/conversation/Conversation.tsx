import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Page } from "../../parts/Page.tsx";
import { Prose } from "../../parts/Prose.tsx";
import { Empty, Loaded } from "../../parts/States.tsx";
import { texts } from "../../texts.ts";
import { conversationOf, messagesOf } from "./queries.ts";

/** What was said in a conversation. */
export function Conversation() {
  const { conversationId } = useParams({ from: "/projects/$projectId/conversations/$conversationId" });
  const state = useQuery(conversationOf(conversationId));
  const query = useQuery(messagesOf(conversationId));
  return (
    <Page title={state.data?.title ?? texts.conversation.untitled}>
      <Loaded query={query}>
        {({ messages }) =>
          messages.length === 0 ? (
            <Empty title={texts.conversation.nothingSaid} />
          ) : (
            <ol className="space-y-4">
              {messages.map((one) => (
                <li key={one.id} className={one.role === "user" ? "card bg-accent-soft p-3" : ""}>
                  <Prose text={one.content} />
                </li>
              ))}
            </ol>
          )
        }
      </Loaded>
    </Page>
  );
}
