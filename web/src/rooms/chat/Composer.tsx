import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask } from "../../api/client.ts";
import { Problem } from "../../api/problem.ts";
import { integrationList, modelList } from "../../frame/queries.ts";
import { keys } from "../../log/keys.ts";
import { Button } from "../../parts/Button.tsx";
import { INPUT } from "../../parts/Field.tsx";
import { Select } from "../../parts/Select.tsx";
import { Trouble } from "../../parts/States.tsx";
import { texts } from "../../texts.ts";
import { withMemoryUpdate } from "./tools.ts";

const words = texts.chat;
const MODES = ["quick", "standard", "deep"] as const;
type Mode = (typeof MODES)[number];

interface Props {
  chatId: string;
  busy: boolean;
  onStarted: (runId: string) => void;
}

/** What to say, and how it shall be answered. Enter sends, Shift-Enter begins a line. */
export function Composer({ chatId, busy, onStarted }: Props) {
  const [text, setText] = useState("");
  const [mode, setMode] = useState<Mode>("standard");
  const [model, setModel] = useState("");
  const [memory, setMemory] = useState(true);
  const [proposing, setProposing] = useState(true);
  const models = useQuery(modelList);
  const connected = useQuery(integrationList);
  const client = useQueryClient();
  const running = useMutation({
    mutationFn: () =>
      begin(chatId, {
        mode,
        model: model || null,
        include_project_memory: memory,
        tools: proposing ? withMemoryUpdate(connected.data ?? []) : "auto",
      }),
    onSuccess: onStarted,
  });
  const sending = useMutation({
    mutationFn: () =>
      ask(api.POST("/v1/chats/{chat_id}/messages", { params: { path: { chat_id: chatId } }, body: { role: "user", content: text } })),
    onSuccess: async () => {
      setText("");
      await client.invalidateQueries({ queryKey: keys.chat(chatId, "messages") });
      running.mutate();
    },
  });
  const waits = busy || sending.isPending || running.isPending;
  const send = () => {
    if (text.trim() && !waits) sending.mutate();
  };
  const available = models.data?.models.filter((one) => one.available) ?? [];
  return (
    <form
      className="card space-y-2 p-2"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {sending.error && <Trouble error={sending.error} onRetry={send} />}
      {running.error && <Trouble error={running.error} onRetry={() => running.mutate()} />}
      <textarea
        name="say"
        aria-label={words.say}
        placeholder={words.say}
        dir="auto"
        rows={Math.min(8, Math.max(2, text.split("\n").length))}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          send();
        }}
        className={`${INPUT} resize-none`}
      />
      <div className="flex flex-wrap items-center gap-2">
        <Select inline label={words.mode} value={mode} choices={MODES.map((one) => ({ value: one, label: words.modes[one] }))} onChange={(event) => setMode(event.target.value as Mode)} />
        <Select
          inline
          className="max-w-44"
          label={words.model}
          value={model}
          choices={[{ value: "", label: words.byMode }, ...available.map((one) => ({ value: one.id, label: one.label }))]}
          onChange={(event) => setModel(event.target.value)}
        />
        <label className="row min-h-8">
          <input type="checkbox" checked={memory} onChange={(event) => setMemory(event.target.checked)} />
          {words.withMemory}
        </label>
        <label className="row min-h-8">
          <input type="checkbox" checked={proposing} onChange={(event) => setProposing(event.target.checked)} />
          {words.proposing}
        </label>
        <Button look="primary" type="submit" className="ms-auto" busy={sending.isPending || running.isPending} disabled={!text.trim() || waits}>{words.send}</Button>
      </div>
    </form>
  );
}

interface Options {
  mode: Mode;
  model: string | null;
  include_project_memory: boolean;
  tools: string | string[];
}

/** Begin a run and return its id; its events are read where they can be read again. Throws Problem. */
async function begin(chatId: string, body: Options): Promise<string> {
  const { error, response, data } = await api.POST("/v1/chats/{chat_id}/run", {
    params: { path: { chat_id: chatId } },
    body,
    parseAs: "stream",
  });
  const id = response.headers.get("x-run-id");
  if (!response.ok || !id) throw new Problem(response.status, error, response.headers.get("x-request-id"));
  void data?.cancel();
  return id;
}
