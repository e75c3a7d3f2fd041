import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask, type Shapes } from "../../api/client.ts";
import { Button } from "../../parts/Button.tsx";
import { Field } from "../../parts/Field.tsx";
import { Section } from "../../parts/Section.tsx";
import { Select } from "../../parts/Select.tsx";
import { Loaded, Trouble } from "../../parts/States.tsx";
import { texts } from "../../texts.ts";
import { settingsOf, type DeploymentSettings } from "./queries.ts";

const words = texts.deployments;
type Runtime = Shapes["NewSettings"]["runtime_override"];
const RUNTIMES = ["python", "node", "go", "static"] as const;

/** How a workspace is deployed; what is left empty is found out from its files. */
export function Settings({ workspaceId }: { workspaceId: string }) {
  const query = useQuery(settingsOf(workspaceId));
  return (
    <Section title={words.settings}>
      <Loaded query={query}>{(settings) => <Form key={settings.updated_at} settings={settings} />}</Loaded>
    </Section>
  );
}

function Form({ settings }: { settings: DeploymentSettings }) {
  const [auto, setAuto] = useState(settings.auto_deploy);
  const [runtime, setRuntime] = useState(settings.runtime_override ?? "");
  const [build, setBuild] = useState(settings.build_command ?? "");
  const [start, setStart] = useState(settings.start_command ?? "");
  const [root, setRoot] = useState(settings.root ?? "");
  const client = useQueryClient();
  const saving = useMutation({
    mutationFn: () =>
      ask(
        api.PUT("/v1/infrastructure/workspaces/{workspace_id}/deployment-settings", {
          params: { path: { workspace_id: settings.workspace_id } },
          body: {
            auto_deploy: auto,
            runtime_override: (runtime || null) as Runtime,
            build_command: build || null,
            start_command: start || null,
            root: root || null,
          },
        }),
      ),
    onSuccess: (found) => client.setQueryData(settingsOf(settings.workspace_id).queryKey, found.settings),
  });
  return (
    <form
      aria-label={words.settings}
      className="space-y-3 p-3"
      onSubmit={(event) => {
        event.preventDefault();
        saving.mutate();
      }}
    >
      <label className="row min-h-7">
        <input type="checkbox" checked={auto} onChange={(event) => setAuto(event.target.checked)} />
        {words.auto}
      </label>
      <Select
        label={words.runtime}
        value={runtime}
        choices={[{ value: "", label: words.detected }, ...RUNTIMES.map((one) => ({ value: one, label: one }))]}
        onChange={(event) => setRuntime(event.target.value)}
      />
      <Field label={words.build} name="build" dir="ltr" placeholder={words.detected} value={build} onChange={(event) => setBuild(event.target.value)} />
      <Field label={words.start} name="start" dir="ltr" placeholder={words.detected} value={start} onChange={(event) => setStart(event.target.value)} />
      <Field label={words.root} name="root" dir="ltr" placeholder={words.wholeTree} value={root} onChange={(event) => setRoot(event.target.value)} />
      {saving.error && <Trouble error={saving.error} />}
      <div className="row justify-end">
        {saving.isSuccess && <span role="status" className="text-soft">{texts.saved}</span>}
        <Button type="submit" busy={saving.isPending}>{texts.save}</Button>
      </div>
    </form>
  );
}
