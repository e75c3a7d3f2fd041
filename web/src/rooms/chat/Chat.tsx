import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { api, ask, type Shapes } from "../../api/client.ts";
import { keys } from "../../log/keys.ts";
import { Badge } from "../../parts/Badge.tsx";
import { Button, Spinner } from "../../parts/Button.tsx";
import { NameDialog } from "../../parts/NameDialog.tsx";
import { Page } from "../../parts/Page.tsx";
import { Prose } from "../../parts/Prose.tsx";
import { Empty, Loaded, Trouble } from "../../parts/States.tsx";
import { texts } from "../../texts.ts";
import type { Answer } from "./answer.ts";
import { Composer } from "./Composer.tsx";
import { Given } from "./Given.tsx";
import { Proposals } from "./Proposals.tsx";
import { chatMessages, chatOf } from "./queries.ts";
import { useAnswer } from "./useAnswer.ts";

const words = texts.chat;

/** A chat: what was said, the answer as it is written, what it was given, and what it wants to write. */
export function Chat() {
  const { projectId, chatId } = useParams({ from: "/projects/$projectId/chats/$chatId" });
  return <Talk key={chatId} projectId={projectId} chatId={chatId} />;
}

function Talk({ projectId, chatId }: { projectId: string; chatId: string }) {
  const [started, setStarted] = useState<string>();
  const chat = useQuery(chatOf(chatId));
  const messages = useQuery(chatMessages(chatId));
  const active = started ?? chat.data?.meta?.active_run_id;
  const answer = useAnswer(chatId, active, () => setStarted(undefined));
  return (
    <Page title={chat.data?.title ?? words.untitled} actions={chat.data && <Renaming projectId={projectId} chat={chat.data} />}>
      <div className="grid gap-4 lg:grid-cols-[minmax(0,5fr)_minmax(0,3fr)] lg:items-start">
        <div className="flex min-w-0 flex-col gap-4">
          <Loaded query={messages}>
            {(all) => {
              const said = all.filter((one) => !active || one.meta?.run_id !== active);
              if (said.length === 0 && !active) return <Empty title={words.nothingSaid}>{words.nothingSaidHint}</Empty>;
              return (
                <ol className="space-y-4" aria-label={words.said}>
                  {said.map((one) => (
                    <Message key={one.id} message={one} />
                  ))}
                </ol>
              );
            }}
          </Loaded>
          {active && <Live answer={answer} />}
          {answer.error !== undefined && <p role="alert" className="rounded-md bg-bad-soft px-3 py-2 break-words text-bad" dir="auto">{answer.error}</p>}
          <Composer chatId={chatId} busy={!!active} onStarted={setStarted} />
          {active && <Cancel chatId={chatId} />}
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <Proposals chatId={chatId} />
          <Given projectId={projectId} chatId={chatId} />
        </div>
      </div>
    </Page>
  );
}

function Renaming({ projectId, chat }: { projectId: string; chat: Shapes["Chat"] }) {
  const client = useQueryClient();
  const onSave = async (title: string) => {
    await ask(api.PATCH("/v1/chats/{chat_id}", { params: { path: { chat_id: chat.id } }, body: { title } }));
    await client.invalidateQueries({ queryKey: keys.chat(chat.id) });
    void client.invalidateQueries({ queryKey: keys.project(projectId, "chats") });
  };
  return <NameDialog title={words.rename} name={chat.title} onSave={onSave} />;
}

function Message({ message }: { message: Shapes["Message"] }) {
  const mine = message.role === "user";
  return (
    <li className={mine ? "card bg-accent-soft p-3" : "min-w-0"}>
      <p className="mb-1 flex flex-wrap gap-2 text-xs text-soft">
        {words.role[message.role]}
        {message.meta?.model && <span className="text-faint">{message.meta.model}</span>}
        {message.meta?.status === "partial" && <Badge tone="warn">{words.cut}</Badge>}
      </p>
      <Prose text={message.content} />
    </li>
  );
}

/** The answer while it is written. Screen readers hear what it is about, and the text once it stands still. */
function Live({ answer }: { answer: Answer }) {
  return (
    <div data-live className="min-w-0 space-y-2" aria-busy={!answer.ended}>
      <p role="status" className="row text-soft">
        <Spinner />
        {answer.status || words.thinking}
      </p>
      {answer.tools.map((one) => (
        <details key={one.id} className="rounded-md border border-line bg-raised">
          <summary className="px-3 py-1.5">
            <code>{one.name}</code> {one.success === false && <Badge tone="bad">{texts.items.failed}</Badge>}
          </summary>
          <pre tabIndex={0} aria-label={one.name} dir="ltr" className="overflow-x-auto border-t border-line p-2 whitespace-pre-wrap">
            {JSON.stringify(one.input, null, 2)}
            {one.output && `\n\n${one.output}`}
          </pre>
        </details>
      ))}
      <Prose text={answer.text} />
    </div>
  );
}

function Cancel({ chatId }: { chatId: string }) {
  const cancelling = useMutation({
    mutationFn: () => ask(api.POST("/v1/chats/{chat_id}/cancel", { params: { path: { chat_id: chatId } }, body: {} })),
  });
  return (
    <div className="row justify-end">
      {cancelling.error && <Trouble error={cancelling.error} />}
      <Button data-cancel look="danger" busy={cancelling.isPending} onClick={() => cancelling.mutate()}>{words.stop}</Button>
    </div>
  );
}
