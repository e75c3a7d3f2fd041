import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ask, type Shapes } from "../../api/client.ts";
import { keys } from "../../log/keys.ts";
import { Badge } from "../../parts/Badge.tsx";
import { Button } from "../../parts/Button.tsx";
import { Section } from "../../parts/Section.tsx";
import { Empty, Loaded, Trouble } from "../../parts/States.tsx";
import { texts } from "../../texts.ts";
import { nextStepsOf } from "./queries.ts";

const words = texts.project;
type Step = Shapes["NextStep"];

export function NextSteps({ projectId }: { projectId: string }) {
  const query = useQuery(nextStepsOf(projectId));
  const client = useQueryClient();
  const asking = useMutation({
    mutationFn: () =>
      ask(api.POST("/v1/projects/{project_id}/next-steps/generate", { params: { path: { project_id: projectId } }, body: {} })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.project(projectId, "decisions", "steps") }),
  });
  const suggest = (
    <Button look="quiet" busy={asking.isPending} onClick={() => asking.mutate()}>
      {words.suggest}
    </Button>
  );
  return (
    <Section title={words.nextSteps} actions={suggest}>
      {asking.error && <Trouble error={asking.error} />}
      <Loaded query={query}>
        {(steps) =>
          steps.length === 0 ? (
            <Empty title={words.noNextSteps}>{words.noNextStepsHint}</Empty>
          ) : (
            <ul>
              {steps.map((one) => (
                <NextStep key={one.id} step={one} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Section>
  );
}

function NextStep({ step }: { step: Step }) {
  const client = useQueryClient();
  const changing = useMutation({
    mutationFn: (status: Step["status"]) =>
      ask(
        api.PATCH("/v1/projects/{project_id}/next-steps/{next_step_id}", {
          params: { path: { project_id: step.project_id, next_step_id: step.id } },
          body: { status },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.project(step.project_id, "decisions", "steps") }),
  });
  return (
    <li className="border-b border-line px-3 py-2 last:border-0">
      <p className="break-words" dir="auto">{step.title}</p>
      {step.description && <p className="mt-0.5 text-xs break-words text-soft" dir="auto">{step.description}</p>}
      <div className="row mt-1 flex-wrap text-xs text-faint">
        <Badge tone={step.priority === 1 ? "warn" : "plain"}>{words.priority[step.priority]}</Badge>
        {step.effort && <span>{words.effort[step.effort]}</span>}
        <span className="row ms-auto">
          <Button look="quiet" onClick={() => changing.mutate("dismissed")}>
            {texts.home.dismiss}
          </Button>
          <Button look="quiet" onClick={() => changing.mutate("completed")}>
            {words.done}
          </Button>
        </span>
      </div>
      {changing.error && <Trouble error={changing.error} />}
    </li>
  );
}
