import { useQuery } from "@tanstack/react-query";
import { Empty, Loaded } from "../../parts/States.tsx";
import { Time } from "../../parts/Time.tsx";
import { texts } from "../../texts.ts";
import { blameOf, type Place } from "./queries.ts";

const words = texts.memory;

/** Who brought each line, and when. */
export function Blame({ place }: { place: Place }) {
  const query = useQuery(blameOf(place));
  return (
    <Loaded query={query}>
      {({ lines }) =>
        lines.length === 0 ? (
          <Empty title={words.empty}>{words.emptyHint}</Empty>
        ) : (
          <ol className="card overflow-x-auto font-mono text-xs leading-5" tabIndex={0} aria-label={words.view.blame}>
            {lines.map((one, index) => (
              <li key={index} className="flex gap-3 px-3 hover:bg-hover">
                <span className="w-40 shrink-0 truncate text-faint">
                  {words.actor[one.actor]} · <Time at={one.at} />
                </span>
                <span className="min-w-0 break-words whitespace-pre-wrap" dir="auto">{one.text}</span>
              </li>
            ))}
          </ol>
        )
      }
    </Loaded>
  );
}
