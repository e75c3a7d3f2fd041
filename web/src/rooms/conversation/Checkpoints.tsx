import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { api, ask, type Shapes } from "../../api/client.ts";
import { keys } from "../../log/keys.ts";
import { Badge } from "../../parts/Badge.tsx";
import { Button } from "../../parts/Button.tsx";
import { Hash } from "../../parts/Hash.tsx";
import { Loaded, Trouble } from "../../parts/States.tsx";
import { Time } from "../../parts/Time.tsx";
import { texts } from "../../texts.ts";
import { FileList } from "./ChangedFiles.tsx";
import { checkpointsOf } from "./queries.ts";

const words = texts.conversation;
type Checkpoint = Shapes["CheckpointFields"];

/** The trees that tool calls left, as a scale: slide to one, see what going back would change, go back or fork. */
export function Checkpoints({ conversationId }: { conversationId: string }) {
  const query = useQuery(checkpointsOf(conversationId));
  return (
    <section aria-label={words.checkpoints} className="border-b border-line bg-sunken px-3 py-2 md:px-6">
      <Loaded query={query}>
        {(checkpoints) => (checkpoints.length === 0 ? <p className="text-soft">{words.noCheckpoints}</p> : <Scale conversationId={conversationId} checkpoints={checkpoints} />)}
      </Loaded>
    </section>
  );
}

function Scale({ conversationId, checkpoints }: { conversationId: string; checkpoints: readonly Checkpoint[] }) {
  const [at, setAt] = useState(checkpoints.length - 1);
  const chosen = checkpoints[Math.min(at, checkpoints.length - 1)];
  if (!chosen) return null;
  return (
    <div className="mx-auto max-w-3xl">
      <label className="row text-xs text-soft">
        <span className="shrink-0">{words.moment(at + 1, checkpoints.length)}</span>
        <input
          type="range"
          min={0}
          max={checkpoints.length - 1}
          value={at}
          onChange={(event) => setAt(Number(event.target.value))}
          aria-valuetext={`${chosen.tool ?? words.turn}, ${chosen.created_at}`}
          className="min-w-0 flex-1 accent-(--accent)"
        />
      </label>
      <p className="row mt-1 flex-wrap text-xs">
        <Badge tone="accent">{chosen.tool ?? words.turn}</Badge>
        <span>{texts.count.files(chosen.files.length)}</span>
        <Hash value={chosen.tree} />
        <Time at={chosen.created_at} className="text-faint" />
      </p>
      {chosen.previous_tree && chosen.files.length > 0 && (
        <details className="card mt-1 text-[0.8125rem]">
          <summary className="px-3 py-1 text-xs text-soft">{words.changedHere}</summary>
          <FileList files={chosen.files} trees={[chosen.previous_tree, chosen.tree]} />
        </details>
      )}
      <Moves key={chosen.id} conversationId={conversationId} checkpoint={chosen} />
    </div>
  );
}

function Moves({ conversationId, checkpoint }: { conversationId: string; checkpoint: Checkpoint }) {
  const { projectId } = useParams({ from: "/projects/$projectId/conversations/$conversationId" });
  const client = useQueryClient();
  const navigate = useNavigate();
  const path = { conversation_id: conversationId };
  const rewind = (preview: boolean) => ask(api.POST("/v1/conversations/{conversation_id}/rewind", { params: { path }, body: { checkpoint_id: checkpoint.id, preview } }));
  const refresh = () => client.invalidateQueries({ queryKey: keys.conversation(conversationId) });
  const previewing = useMutation({ mutationFn: () => rewind(true) });
  const rewinding = useMutation({ mutationFn: () => rewind(false), onSuccess: refresh });
  const undoing = useMutation({
    mutationFn: (id: string) => ask(api.POST("/v1/conversations/{conversation_id}/rewind/undo", { params: { path }, body: { rewind_id: id } })),
    onSuccess: () => (rewinding.reset(), refresh()),
  });
  const forking = useMutation({
    mutationFn: () => ask(api.POST("/v1/conversations/{conversation_id}/fork", { params: { path }, body: { checkpoint_id: checkpoint.id } })),
    onSuccess: async ({ conversation }) => {
      await client.invalidateQueries({ queryKey: keys.conversations });
      void navigate({ to: "/projects/$projectId/conversations/$conversationId", params: { projectId, conversationId: conversation.id } });
    },
  });
  const error = previewing.error ?? rewinding.error ?? undoing.error ?? forking.error;
  const done = rewinding.data?.rewind_id;
  return (
    <>
      <div className="row mt-2 flex-wrap">
        <Button data-preview busy={previewing.isPending} onClick={() => previewing.mutate()}>{words.preview}</Button>
        <Button data-rewind busy={rewinding.isPending} onClick={() => rewinding.mutate()}>{words.rewind}</Button>
        <Button data-fork busy={forking.isPending} onClick={() => forking.mutate()}>{words.fork}</Button>
        {done && <Button look="primary" data-return busy={undoing.isPending} onClick={() => undoing.mutate(done)}>{words.undoRewind}</Button>}
      </div>
      {done && <p role="status" className="mt-1 text-xs text-soft">{words.rewound}</p>}
      {error && <Trouble error={error} />}
      {previewing.data && !done && (
        <div className="card mt-2">
          <p className="px-3 py-1.5 text-xs text-soft">{words.wouldChange(previewing.data.files.length, previewing.data.hidden_messages)}</p>
          <FileList files={previewing.data.files} />
        </div>
      )}
    </>
  );
}
