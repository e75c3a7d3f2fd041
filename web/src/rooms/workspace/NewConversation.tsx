import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api, ask } from "../../api/client.ts";
import { keys } from "../../log/keys.ts";
import { Button } from "../../parts/Button.tsx";
import { Problem } from "../../api/problem.ts";
import { texts } from "../../texts.ts";

/** Begin to talk to an agent that works in this workspace. */
export function NewConversation({ projectId, workspaceId }: { projectId: string; workspaceId: string }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const making = useMutation({
    mutationFn: () => ask(api.POST("/v1/conversations", { body: { workspace_id: workspaceId } })),
    onSuccess: async ({ conversation }) => {
      await client.invalidateQueries({ queryKey: keys.conversations });
      void navigate({
        to: "/projects/$projectId/conversations/$conversationId",
        params: { projectId, conversationId: conversation.id },
      });
    },
  });
  return (
    <>
      <Button look="primary" data-talk busy={making.isPending} onClick={() => making.mutate()}>
        {texts.workspace.talk}
      </Button>
      {making.error && <span role="alert" className="text-bad">{Problem.of(making.error).message}</span>}
    </>
  );
}
