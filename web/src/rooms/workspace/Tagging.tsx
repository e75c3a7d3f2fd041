import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ask } from "../../api/client.ts";
import { keys } from "../../log/keys.ts";
import { Badge } from "../../parts/Badge.tsx";
import { NameDialog } from "../../parts/NameDialog.tsx";
import { texts } from "../../texts.ts";

const words = texts.workspace;

/** Give a snapshot a name. */
export function Tagging({ projectId, snapshotId }: { projectId: string; snapshotId: string }) {
  const client = useQueryClient();
  const onSave = async (name: string) => {
    await ask(api.POST("/v1/projects/{project_id}/tags", { params: { path: { project_id: projectId } }, body: { name, snapshot_id: snapshotId } }));
    await client.invalidateQueries({ queryKey: keys.project(projectId, "tags") });
  };
  return <NameDialog title={words.tag} hint={words.tagHint} onSave={onSave} />;
}

/** A name that a snapshot has, and a way to take it away; it can be given again. */
export function Tag({ projectId, name }: { projectId: string; name: string }) {
  const client = useQueryClient();
  const removing = useMutation({
    mutationFn: () => ask(api.DELETE("/v1/projects/{project_id}/tags/{name}", { params: { path: { project_id: projectId, name } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.project(projectId, "tags") }),
  });
  return (
    <Badge tone="good" title={name}>
      <span className="max-w-40 truncate">{name}</span>
      <button
        type="button"
        aria-label={`${words.untag}: ${name}`}
        title={removing.error ? removing.error.message : words.untagHint}
        disabled={removing.isPending}
        className="-me-1 ms-1 rounded px-1 hover:bg-hover"
        onClick={() => removing.mutate()}
      >
        {removing.error ? "!" : "✕"}
      </button>
    </Badge>
  );
}
