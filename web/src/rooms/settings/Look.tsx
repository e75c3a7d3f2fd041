import { ThemeChoice } from "../../frame/ThemeChoice.tsx";
import { Section } from "../../parts/Section.tsx";
import { texts } from "../../texts.ts";

/** How the console looks in this browser. */
export function Look() {
  return (
    <Section title={texts.frame.theme} className="max-w-md">
      <ThemeChoice name="look" className="p-3" />
    </Section>
  );
}
