import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { keys } from "../../log/keys.ts";
import { Button } from "../../parts/Button.tsx";
import { Beside, Entry, Listing } from "../../parts/Listing.tsx";
import { Section } from "../../parts/Section.tsx";
import { Empty, Loaded, Trouble } from "../../parts/States.tsx";
import { Time } from "../../parts/Time.tsx";
import { texts } from "../../texts.ts";
import { memoryOf, saveMemory, versionOf, versionsOf, type Place } from "./queries.ts";

const words = texts.memory;
const FROM = "/projects/$projectId/memory";

/** Every version that is kept; an older one can be written anew, which is one more version. */
export function History({ place }: { place: Place }) {
  const { version } = useSearch({ from: FROM });
  const query = useQuery(versionsOf(place));
  return (
    <Loaded query={query}>
      {(versions) => {
        const chosen = versions.find((one) => one.version === version) ?? versions[0];
        if (!chosen) return <Empty title={words.empty}>{words.emptyHint}</Empty>;
        return (
          <Beside>
            <Section title={words.versions}>
              <Listing>
                {versions.map((one) => (
                  <Entry key={one.version} from={FROM} to="." search={(old) => ({ ...old, version: one.version })} chosen={one.version === chosen.version}>
                    <span className="row">
                      <span className="tabular-nums">{one.version}</span>
                      <span className="min-w-0 flex-1 truncate text-soft">{words.source[one.source]}</span>
                      <Time at={one.updated_at} className="text-xs text-soft" />
                    </span>
                  </Entry>
                ))}
              </Listing>
            </Section>
            <Version key={chosen.version} place={place} version={chosen.version} newest={chosen === versions[0]} />
          </Beside>
        );
      }}
    </Loaded>
  );
}

function Version({ place, version, newest }: { place: Place; version: number; newest: boolean }) {
  const query = useQuery(versionOf(place, version));
  const { data: current } = useQuery(memoryOf(place));
  const client = useQueryClient();
  const writing = useMutation({
    mutationFn: ({ content, base }: { content: string; base: string }) => saveMemory(place, content, base),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.project(place.projectId, "memory") }),
  });
  return (
    <Loaded query={query}>
      {({ content }) => (
        <Section
          title={words.version(version)}
          actions={
            !newest && current && (
              <Button data-back busy={writing.isPending} title={words.backHint} onClick={() => writing.mutate({ content, base: current.updated_at })}>
                {words.back}
              </Button>
            )
          }
        >
          {writing.error && <Trouble error={writing.error} />}
          <pre tabIndex={0} aria-label={words.version(version)} className="max-h-[60vh] overflow-auto px-3 py-2 text-xs break-words whitespace-pre-wrap" dir="auto">{content}</pre>
        </Section>
      )}
    </Loaded>
  );
}
