import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, type ReactNode } from "react";
import { api, ask } from "../../api/client.ts";
import { Badge } from "../../parts/Badge.tsx";
import { Button, Spinner } from "../../parts/Button.tsx";
import { Prose } from "../../parts/Prose.tsx";
import { Empty } from "../../parts/States.tsx";
import { Time } from "../../parts/Time.tsx";
import { texts } from "../../texts.ts";
import { ChangedFiles } from "./ChangedFiles.tsx";
import type { Message, Part, Talk } from "./frames.ts";
import { partsOf } from "./queries.ts";
import { ToolCall } from "./ToolCall.tsx";

const words = texts.conversation;
const NEAR = 120; // pixels from the end within which new words are followed

interface Props {
  conversationId: string;
  listed: readonly Message[];
  talk: Talk;
}

/** Prompts and answers, oldest first; at the end, what comes is followed. */
export function Messages({ conversationId, listed, talk }: Props) {
  const { data: stored = {} } = useQuery(partsOf(conversationId));
  const scroller = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  useEffect(() => {
    const box = scroller.current;
    if (box && following.current) box.scrollTop = box.scrollHeight;
  });
  const onScroll = () => {
    const box = scroller.current;
    if (box) following.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
  };
  return (
    <div ref={scroller} onScroll={onScroll} tabIndex={0} role="region" aria-label={words.said} className="min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto max-w-3xl px-3 py-4">
        {listed.length === 0 && <Empty title={words.nothingSaid}>{words.nothingSaidHint}</Empty>}
        <div role="log" aria-busy={talk.state === "running"} className="space-y-4">
          {listed.map((one) => {
            const message = { ...(talk.messages[one.id] ?? one), status: talk.statuses[one.id] ?? one.status };
            if (message.role === "user") return <Prompt key={one.id} message={message} />;
            const parts = talk.parts[one.id] ?? stored[one.id] ?? [];
            return <Answer key={one.id} conversationId={conversationId} message={message} parts={parts} said={talk.said[one.id]} waiting={talk.state === "waiting"} />;
          })}
        </div>
      </div>
    </div>
  );
}

function Prompt({ message }: { message: Message }) {
  return (
    <article aria-label={words.you} className="ms-auto w-fit max-w-[85%] rounded-xl bg-accent-soft px-3 py-2">
      <p className="break-words whitespace-pre-wrap" dir="auto">{message.content}</p>
      <Time at={message.createdAt} className="text-2xs text-soft" />
    </article>
  );
}

interface AnswerProps {
  conversationId: string;
  message: Message;
  parts: readonly Part[];
  said: string | undefined;
  waiting: boolean;
}

function Answer({ conversationId, message, parts, said, waiting }: AnswerProps) {
  const hasText = parts.some((part) => part.type === "text" && part.text);
  const text = hasText ? undefined : message.content || said;
  return (
    <article aria-label={words.agent} className="space-y-2">
      {parts.map((part) => (
        <PartView key={part.id} part={part} />
      ))}
      {text && <Prose text={text} />}
      <Status conversationId={conversationId} message={message} silent={parts.length === 0 && !text} waiting={waiting} />
      {message.error && <p role="alert" className="rounded-md bg-bad-soft px-3 py-2 break-words text-bad">{message.error}</p>}
      {message.status !== "pending" && message.status !== "running" && <ChangedFiles conversationId={conversationId} messageId={message.id} />}
    </article>
  );
}

function PartView({ part }: { part: Part }): ReactNode {
  if (part.type === "text") return part.text ? <Prose text={part.text} /> : null;
  if (part.type === "tool") return <ToolCall part={part} />;
  if (part.type === "reasoning" && part.text) {
    return (
      <details className="rounded-md border border-line px-3 py-1.5 text-soft">
        <summary className="text-xs">{words.thoughts}</summary>
        <div className="mt-1 text-[0.8125rem]">
          <Prose text={part.text} />
        </div>
      </details>
    );
  }
  return null;
}

interface StatusProps {
  conversationId: string;
  message: Message;
  silent: boolean;
  waiting: boolean;
}

function Status({ conversationId, message, silent, waiting }: StatusProps) {
  const cancelling = useMutation({
    mutationFn: () =>
      ask(
        api.POST("/v1/conversations/{conversation_id}/cancel", {
          params: { path: { conversation_id: conversationId } },
          body: { message_id: message.id },
        }),
      ),
  });
  if (message.status === "pending") {
    return (
      <p className="row text-xs text-soft">
        <Badge>{words.waits}</Badge>
        <Button look="quiet" busy={cancelling.isPending} onClick={() => cancelling.mutate()}>{words.takeBack}</Button>
      </p>
    );
  }
  if (message.status === "running") {
    return (
      <p className="row text-xs text-soft">
        <Spinner />
        {waiting ? words.asks : silent ? words.begins : words.works}
      </p>
    );
  }
  if (message.status === "cancelled") return <Badge tone="warn">{words.cancelled}</Badge>;
  if (message.status === "failed") return <Badge tone="bad">{words.failed}</Badge>;
  return null;
}
