import { useState } from "react";
import { texts } from "../texts.ts";
import { applyTheme, theme, THEMES } from "./theme.ts";

/** How the console looks in this browser: a radio for each theme. `name` groups them, where two are shown at once. */
export function ThemeChoice({ name, className }: { name: string; className: string }) {
  const [chosen, setChosen] = useState(theme);
  return (
    <fieldset className={className}>
      <legend className="sr-only">{texts.frame.theme}</legend>
      {THEMES.map((one) => (
        <label key={one} className="row min-h-7">
          <input
            type="radio"
            name={name}
            value={one}
            checked={one === chosen}
            onChange={() => {
              setChosen(one);
              applyTheme(one);
            }}
          />
          {texts.frame.themes[one]}
        </label>
      ))}
    </fieldset>
  );
}
