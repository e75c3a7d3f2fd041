import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { followAlone } from "../../log/follow.ts";
import { keys } from "../../log/keys.ts";
import { heard, NOTHING, type Answer } from "./answer.ts";

/** Follow a run from its beginning, whatever happens to the line; what was told stays until another run is named. */
export function useAnswer(chatId: string, runId: string | null | undefined, onEnd: () => void): Answer {
  const [answer, setAnswer] = useState(NOTHING);
  const client = useQueryClient();
  useEffect(() => {
    if (!runId) return;
    let now = NOTHING;
    let drawn = 0;
    setAnswer(now);
    const stop = followAlone({
      path: `/v1/runs/${runId}/events`,
      after: 0,
      onBack: () => undefined,
      onEvent: ({ event, data }) => {
        const before = now.proposals;
        now = heard(now, event, JSON.parse(data) as Parameters<typeof heard>[2]);
        if (now.proposals !== before) void client.invalidateQueries({ queryKey: keys.chat(chatId, "proposals") });
        cancelAnimationFrame(drawn);
        drawn = requestAnimationFrame(() => setAnswer(now));
        if (!now.ended) return;
        stop();
        setAnswer(now);
        void client.invalidateQueries({ queryKey: keys.chat(chatId) }).then(onEnd);
      },
    });
    return () => {
      cancelAnimationFrame(drawn);
      stop();
    };
    // `onEnd` is new with every drawing; the run is not
  }, [client, chatId, runId]);
  return answer;
}
