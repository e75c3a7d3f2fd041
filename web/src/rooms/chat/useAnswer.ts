import { useQueryClient } from "@tanstack/react-query";
import { keys } from "../../log/keys.ts";
import { useFolded } from "../../log/useFolded.ts";
import { heard, NOTHING, type Answer } from "./answer.ts";

/** Follow a run from its beginning, whatever happens to the line; what was told stays until another run is named. */
export function useAnswer(chatId: string, runId: string | null | undefined, onEnd: () => void): Answer {
  const client = useQueryClient();
  return useFolded(runId ? `/v1/runs/${runId}/events` : undefined, NOTHING, heard, {
    onEvent: (kind) => {
      if (kind === "proposal.created") void client.invalidateQueries({ queryKey: keys.chat(chatId, "proposals") });
    },
    onEnd: () => void client.invalidateQueries({ queryKey: keys.chat(chatId) }).then(onEnd),
  });
}
