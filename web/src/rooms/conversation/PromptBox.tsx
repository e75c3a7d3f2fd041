import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask } from "../../api/client.ts";
import { keys } from "../../log/keys.ts";
import { Button } from "../../parts/Button.tsx";
import { INPUT } from "../../parts/Field.tsx";
import { Trouble } from "../../parts/States.tsx";
import { texts } from "../../texts.ts";
import { Grants } from "./Grants.tsx";

const words = texts.conversation;

/** What to say next. Enter sends, Shift-Enter begins a line; while the agent works, prompts wait their turn. */
export function PromptBox({ conversationId, busy }: { conversationId: string; busy: boolean }) {
  const kept = `asterism_draft_${conversationId}`;
  const [text, setText] = useState(() => sessionStorage.getItem(kept) ?? "");
  const [granted, setGranted] = useState<readonly string[]>([]); // for one turn
  const client = useQueryClient();
  const write = (value: string) => {
    sessionStorage.setItem(kept, value);
    setText(value);
  };
  const sending = useMutation({
    mutationFn: (prompt: string) =>
      ask(
        api.POST("/v1/conversations/{conversation_id}/messages", {
          params: { path: { conversation_id: conversationId } },
          body: { prompt, ...(granted.length > 0 ? { grants: granted.map((key) => `env:${key}`) } : {}) },
        }),
      ),
    onSuccess: () => {
      write("");
      setGranted([]);
      return client.invalidateQueries({ queryKey: keys.conversation(conversationId, "messages") });
    },
  });
  const send = () => {
    if (text.trim() && !sending.isPending) sending.mutate(text);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {sending.error && <Trouble error={sending.error} onRetry={send} />}
      <div className="flex items-end gap-2">
        <textarea
          aria-label={words.prompt}
          placeholder={busy ? words.promptWaits : words.prompt}
          rows={Math.min(8, Math.max(2, text.split("\n").length))}
          value={text}
          dir="auto"
          onChange={(event) => write(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            send();
          }}
          className={`${INPUT} resize-none`}
        />
        <Button look="primary" type="submit" busy={sending.isPending} disabled={!text.trim()}>{words.send}</Button>
      </div>
      <Grants granted={granted} onGrant={setGranted} />
    </form>
  );
}
