import { Button } from "../../parts/Button.tsx";
import { texts } from "../../texts.ts";

const words = texts.memory;

export interface Clashing {
  base: string;
  mine: string;
  theirs: string;
}

/** Both changed the same lines: what it was, what I wrote, what others wrote; the text below is what is saved in the end. */
export function Clash({ clash, onTake }: { clash: Clashing; onTake: (text: string) => void }) {
  return (
    <section aria-label={words.clash} data-clash className="mb-3 overflow-hidden rounded-md border border-line">
      <p role="alert" className="bg-warn-soft px-3 py-2 text-warn">{words.clashHint}</p>
      <div className="grid md:grid-cols-3">
        {(["base", "mine", "theirs"] as const).map((side) => (
          <div key={side} className="min-w-0 border-line max-md:border-b md:border-e md:last:border-e-0">
            <div className="row min-h-9 justify-between border-y border-line bg-sunken px-3 text-2xs font-medium text-soft">
              {words.side[side]}
              <Button look="quiet" data-take={side} onClick={() => onTake(clash[side])}>{words.take}</Button>
            </div>
            <pre tabIndex={0} aria-label={words.side[side]} className="max-h-72 overflow-auto px-3 py-2 text-xs break-words whitespace-pre-wrap" dir="auto">{clash[side]}</pre>
          </div>
        ))}
      </div>
    </section>
  );
}
