// Views of texts. What they are made of is large, and loaded when the first one is shown.
import { lazy, Suspense, type ComponentType } from "react";
import { Waiting } from "./States.tsx";

function later<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  const Loaded = lazy(async () => ({ default: await load() }));
  return (props) => (
    <Suspense fallback={<Waiting />}>
      <Loaded {...props} />
    </Suspense>
  );
}

export const Reader = later(async () => (await import("./code/Reader.tsx")).Reader);
export const Sides = later(async () => (await import("./code/Sides.tsx")).Sides);
export const Patch = later(async () => (await import("./code/Patch.tsx")).Patch);
export const Writer = later(async () => (await import("./code/Writer.tsx")).Writer);
