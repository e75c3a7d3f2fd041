import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask, type Shapes } from "../../api/client.ts";
import { Button } from "../../parts/Button.tsx";
import { Section } from "../../parts/Section.tsx";
import { Trouble } from "../../parts/States.tsx";
import { texts } from "../../texts.ts";

const words = texts.review;

/** Nothing of a folder is read before somebody says that it may be. */
export function Trust({ project }: { project: Shapes["ProjectInfo"] }) {
  const [runs, setRuns] = useState(false);
  const client = useQueryClient();
  const trusting = useMutation({
    mutationFn: (trustMode: "persistent" | "session") =>
      ask(
        api.POST("/api/settings/trust", {
          body: {
            projectId: project.projectId,
            repoRoot: project.path,
            trustedAt: new Date().toISOString(),
            capabilities: { readFiles: true, runCommands: runs },
            trustMode,
          },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: ["review"] }),
  });
  return (
    <Section title={words.trust}>
      <div className="space-y-2 p-3">
        <p className="font-mono text-xs break-all" dir="ltr">{project.path}</p>
        <p className="text-soft">{words.trustHint}</p>
        <label className="row min-h-7">
          <input type="checkbox" checked={runs} onChange={(event) => setRuns(event.target.checked)} />
          {words.runCommands}
        </label>
        {trusting.error && <Trouble error={trusting.error} />}
        <div className="row flex-wrap justify-end">
          <Button busy={trusting.isPending} onClick={() => trusting.mutate("session")}>{words.trustForNow}</Button>
          <Button look="primary" data-trust busy={trusting.isPending} onClick={() => trusting.mutate("persistent")}>{words.trustAlways}</Button>
        </div>
      </div>
    </Section>
  );
}
