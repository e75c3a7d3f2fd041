import type { Shapes } from "../../api/client.ts";
import { Select } from "../../parts/Select.tsx";
import { texts } from "../../texts.ts";

const words = texts.review;
const LENSES = Object.keys(words.lens) as Shapes["Lens"][];

export interface Wished {
  profile: string; // empty: as the settings say
  lenses: readonly Shapes["Lens"][]; // none: those of the profile
}

export const AS_SET: Wished = { profile: "", lenses: [] };

/** Through which lenses, and how strictly, a review looks. */
export function How({ how, onChange }: { how: Wished; onChange: (how: Wished) => void }) {
  return (
    <>
      <Select label={words.profile} name="profile" value={how.profile} choices={Object.entries(words.profiles).map(([value, label]) => ({ value: value === "settings" ? "" : value, label }))} onChange={(event) => onChange({ ...how, profile: event.target.value })} />
      <fieldset>
        <legend className="mb-1 font-medium">{words.lenses}</legend>
        <div className="flex flex-wrap gap-x-3">
          {LENSES.map((one) => (
            <label key={one} className="row min-h-7 gap-1">
              <input
                type="checkbox"
                name={one}
                checked={how.lenses.includes(one)}
                onChange={({ target }) => onChange({ ...how, lenses: target.checked ? [...how.lenses, one] : how.lenses.filter((other) => other !== one) })}
              />
              {words.lens[one]}
            </label>
          ))}
        </div>
        <p className="text-xs text-soft">{words.lensesHint}</p>
      </fieldset>
    </>
  );
}
