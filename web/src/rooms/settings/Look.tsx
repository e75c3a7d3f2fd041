import { useState } from "react";
import { applyTheme, theme, THEMES } from "../../frame/theme.ts";
import { Section } from "../../parts/Section.tsx";
import { texts } from "../../texts.ts";

/** How the console looks in this browser. */
export function Look() {
  const [chosen, setChosen] = useState(theme);
  return (
    <Section title={texts.frame.theme} className="max-w-md">
      <fieldset className="p-3">
        <legend className="sr-only">{texts.frame.theme}</legend>
        {THEMES.map((one) => (
          <label key={one} className="row min-h-8">
            <input
              type="radio"
              name="look"
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
    </Section>
  );
}
