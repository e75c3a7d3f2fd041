import { Badge } from "../../parts/Badge.tsx";
import { Section } from "../../parts/Section.tsx";
import { Empty } from "../../parts/States.tsx";
import { Time } from "../../parts/Time.tsx";
import { texts } from "../../texts.ts";
import { byFile } from "./code.ts";
import { Finding } from "./Finding.tsx";
import { exportOf, type Saved } from "./queries.ts";
import { SEVERITY_TONES } from "./tones.ts";

const words = texts.review;

/** What a review found, file by file, beside the code that it is about. */
export function Findings({ review }: { review: Saved }) {
  const { metadata, result, coverage, standing } = review;
  const dismissed = new Set(review.dismissed);
  const files = byFile(result.issues);
  return (
    <>
      <Section title={words.one} actions={<Time at={metadata.createdAt} className="text-xs text-soft" />}>
        <div className="space-y-2 px-3 py-2.5">
          <p data-summary className="break-words whitespace-pre-wrap" dir="auto">{result.summary}</p>
          <p className="row flex-wrap text-xs text-soft">
            <span dir="auto">{metadata.branch ?? words.detached}</span>
            {metadata.lenses.map((one) => <Badge key={one}>{words.lens[one]}</Badge>)}
            {standing && <span>{words.standing(standing.new.length, standing.still.length, standing.fixed.length)}</span>}
            {!!coverage?.dropped.dismissed && <Badge tone="accent">{words.leftOut(coverage.dropped.dismissed)}</Badge>}
          </p>
          <Exports id={metadata.id} />
        </div>
        {files.length > 1 && (
          <nav aria-label={words.files} className="max-h-40 overflow-y-auto border-t border-line px-3 py-2">
            <ul>
              {files.map(({ file, issues }, index) => (
                <li key={file} className="row">
                  <Badge tone={SEVERITY_TONES[issues[0]?.severity ?? "nit"]}>{issues.length}</Badge>
                  <a href={`#file-${index}`} className="min-w-0 font-mono text-xs break-all text-accent underline" dir="ltr">{file}</a>
                </li>
              ))}
            </ul>
          </nav>
        )}
      </Section>
      {files.length === 0 && <Section title={words.files}><Empty title={words.nothing}>{words.nothingHint}</Empty></Section>}
      {files.map(({ file, issues }, index) => (
        <div key={file} id={`file-${index}`} className="scroll-mt-4">
          <Section title={file} actions={<Badge>{words.findings(issues.length)}</Badge>}>
            {issues.map((one) => (
              <Finding
                key={one.id}
                review={metadata.id}
                issue={one}
                dismissed={dismissed.has(one.id)}
                known={review.drilldowns.find((drilldown) => drilldown.issueId === one.id)}
              />
            ))}
          </Section>
        </div>
      ))}
    </>
  );
}

function Exports({ id }: { id: string }) {
  return (
    <p className="row flex-wrap text-xs">
      <span className="text-soft">{words.export}</span>
      {Object.entries(words.formats).map(([format, label]) => (
        <a key={format} href={exportOf(id, format)} download className="rounded py-1 text-accent underline">{label}</a>
      ))}
    </p>
  );
}
