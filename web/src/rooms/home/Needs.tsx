import { useMutation, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { api, ask, type Shapes } from "../../api/client.ts";
import { conversationList, projectList } from "../../frame/queries.ts";
import { keys } from "../../log/keys.ts";
import { Badge, type Tone } from "../../parts/Badge.tsx";
import { Button } from "../../parts/Button.tsx";
import { Section } from "../../parts/Section.tsx";
import { Empty, Trouble, Waiting } from "../../parts/States.tsx";
import { Time } from "../../parts/Time.tsx";
import { texts } from "../../texts.ts";
import { actionItems, forecastOf, pendingProposals } from "./queries.ts";

const words = texts.home;
const TONES: Record<Shapes["ActionItem"]["severity"], Tone> = { critical: "bad", warning: "warn", info: "plain" };
const FORECASTS = 10; // projects, those that changed last, whose forecast is shown here

/** Open questions, proposals, conflicts that are forecast, and action items, what waits for me first. */
export function Needs() {
  const items = useQuery(actionItems);
  const proposals = useQuery(pendingProposals);
  const conversations = useQuery(conversationList);
  const projects = useQuery(projectList);
  const conflicts = useQueries({ queries: (projects.data ?? []).slice(0, FORECASTS).map((one) => forecastOf(one.id)) });
  const error = items.error ?? proposals.error ?? conversations.error;
  const waiting = (conversations.data ?? []).filter((one) => one.state === "waiting");
  const clashing = conflicts.flatMap(({ data }, index) => {
    const count = data?.pairs.filter((pair) => !pair.clean).length ?? 0;
    const project = projects.data?.[index];
    return count > 0 && project ? [{ project, count }] : [];
  });
  const count = waiting.length + clashing.length + (items.data?.length ?? 0) + (proposals.data?.length ?? 0);
  const loading = items.isPending || proposals.isPending || conversations.isPending;
  return (
    <Section title={words.needs} actions={count > 0 && <Badge tone="accent">{count}</Badge>}>
      {error && <Trouble error={error} onRetry={() => void items.refetch()} />}
      {count === 0 && (loading ? <Waiting /> : <Empty title={words.nothingNeeded}>{words.nothingNeededHint}</Empty>)}
      <ul>
        {waiting.map((one) => (
          <Need key={one.id} badge={<Badge tone="warn">{texts.palette.conversation}</Badge>} title={one.title ?? words.question} about={`${one.project_name} · ${one.workspace_name}`} at={one.updated_at}>
            <Link to="/projects/$projectId/conversations/$conversationId" params={{ projectId: one.project_id, conversationId: one.id }} className={OPEN}>
              {words.answer}
            </Link>
          </Need>
        ))}
        {(proposals.data ?? []).map((one) => (
          <Need key={one.id} badge={<Badge tone="accent">{words.proposalShort}</Badge>} title={one.preview.title} about={words.proposal} at={one.created_at} />
        ))}
        {clashing.map(({ project, count: pairs }) => (
          <Need key={project.id} badge={<Badge tone="bad">{words.forecast}</Badge>} title={words.clash(pairs)} about={project.name} at={project.updated_at}>
            <Link to="/projects/$projectId" params={{ projectId: project.id }} className={OPEN}>
              {words.look}
            </Link>
          </Need>
        ))}
        {(items.data ?? []).map((one) => (
          <Item key={one.id} item={one} />
        ))}
      </ul>
    </Section>
  );
}

const OPEN =
  "inline-flex min-h-8 items-center rounded-md border border-line-strong bg-raised px-2.5 text-[0.8125rem] font-medium hover:bg-hover";

interface NeedProps {
  badge: ReactNode;
  title: string;
  about: string;
  at: string;
  children?: ReactNode;
}

function Need({ badge, title, about, at, children }: NeedProps) {
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-3 py-2 last:border-0">
      <div className="min-w-0 flex-1 basis-56">
        <p className="flex items-baseline gap-2">
          {badge}
          <span className="min-w-0 break-words" dir="auto">{title}</span>
        </p>
        <p className="row mt-0.5 text-xs text-soft">
          <span className="truncate" dir="auto">{about}</span>
          <Time at={at} className="text-faint" />
        </p>
      </div>
      <div className="row ms-auto">{children}</div>
    </li>
  );
}

function Item({ item }: { item: Shapes["ActionItem"] }) {
  const client = useQueryClient();
  const dismissing = useMutation({
    mutationFn: () => ask(api.POST("/v1/action-items/{item_id}/dismiss", { params: { path: { item_id: item.id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.needs }),
  });
  const params = { projectId: item.project_id, workspaceId: item.workspace_id };
  return (
    <>
      <Need
        badge={<Badge tone={TONES[item.severity]}>{words.severity[item.severity]}</Badge>}
        title={item.title}
        about={`${item.project_name} · ${item.workspace_name}`}
        at={item.created_at}
      >
        <Button look="quiet" busy={dismissing.isPending} onClick={() => dismissing.mutate()} title={words.dismissHint}>
          {words.dismiss}
        </Button>
        {item.action_type === "sync" ? (
          <Link to="/projects/$projectId/workspaces/$workspaceId/sync" params={params} className={OPEN}>
            {item.action_label}
          </Link>
        ) : (
          <Link to="/projects/$projectId/workspaces/$workspaceId" params={params} className={OPEN}>
            {item.action_label}
          </Link>
        )}
      </Need>
      {dismissing.error && <Trouble error={dismissing.error} />}
    </>
  );
}
