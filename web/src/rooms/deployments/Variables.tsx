import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask, type Shapes } from "../../api/client.ts";
import { Badge } from "../../parts/Badge.tsx";
import { Button } from "../../parts/Button.tsx";
import { Field } from "../../parts/Field.tsx";
import { Section } from "../../parts/Section.tsx";
import { Empty, Loaded, Trouble } from "../../parts/States.tsx";
import { texts } from "../../texts.ts";
import { variablesOf } from "./queries.ts";

const words = texts.deployments;

/** The environment that apps of the project run with. Values are written here and never read back whole. */
export function Variables({ projectId }: { projectId: string }) {
  const query = useQuery(variablesOf(projectId));
  return (
    <Section title={words.variables}>
      <Loaded query={query}>
        {(variables) =>
          variables.length === 0 ? (
            <Empty title={words.noVariables}>{words.noVariablesHint}</Empty>
          ) : (
            <ul className="max-h-72 overflow-y-auto">
              {variables.map((one) => (
                <Row key={one.id} variable={one} />
              ))}
            </ul>
          )
        }
      </Loaded>
      <Add projectId={projectId} />
    </Section>
  );
}

function Row({ variable }: { variable: Shapes["EnvVar"] }) {
  const client = useQueryClient();
  const { project_id, key } = variable;
  const removing = useMutation({
    mutationFn: () => ask(api.DELETE("/v1/projects/{project_id}/env-vars/{key}", { params: { path: { project_id, key } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: variablesOf(project_id).queryKey }),
  });
  return (
    <li className="border-b border-line">
      <div className="row px-3 py-1">
        <code className="min-w-0 flex-1 truncate" dir="ltr" title={key}>{key}</code>
        <code className="max-w-32 truncate text-soft" dir="ltr">{variable.value}</code>
        {variable.is_secret && <Badge>{words.secret}</Badge>}
        <Button look="quiet" busy={removing.isPending} aria-label={`${words.remove} ${key}`} onClick={() => removing.mutate()}>✕</Button>
      </div>
      {removing.error && <Trouble error={removing.error} />}
    </li>
  );
}

function Add({ projectId }: { projectId: string }) {
  const [key, setKey] = useState("");
  const [value, setValue] = useState("");
  const [secret, setSecret] = useState(true);
  const client = useQueryClient();
  const adding = useMutation({
    mutationFn: () =>
      ask(
        api.POST("/v1/projects/{project_id}/env-vars", {
          params: { path: { project_id: projectId } },
          body: { key, value, is_secret: secret },
        }),
      ),
    onSuccess: async () => {
      setKey("");
      setValue("");
      await client.invalidateQueries({ queryKey: variablesOf(projectId).queryKey });
    },
  });
  return (
    <form
      aria-label={words.addVariable}
      className="space-y-2 border-t border-line p-3"
      onSubmit={(event) => {
        event.preventDefault();
        adding.mutate();
      }}
    >
      <div className="grid gap-2 sm:grid-cols-2">
        <Field label={words.key} name="key" dir="ltr" value={key} onChange={(event) => setKey(event.target.value)} required />
        <Field label={words.value} name="value" dir="ltr" type={secret ? "password" : "text"} autoComplete="new-password" value={value} onChange={(event) => setValue(event.target.value)} />
      </div>
      {adding.error && <Trouble error={adding.error} />}
      <div className="row justify-between">
        <label className="row min-h-7">
          <input type="checkbox" checked={secret} onChange={(event) => setSecret(event.target.checked)} />
          {words.secret}
        </label>
        <Button type="submit" busy={adding.isPending} disabled={!key}>{words.addVariable}</Button>
      </div>
    </form>
  );
}
