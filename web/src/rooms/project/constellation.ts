// Where workspaces stand around main: the more files differ, the farther away.

export interface Star {
  id: string;
  main: boolean;
  drift: number; // files that differ from main
}

export interface Place {
  id: string;
  x: number; // percent of the width
  y: number; // percent of the height
}

const CENTRE = 50;
const NEAREST = 19;
const FARTHEST = 41;

/** Return a place for each workspace, in the given order; main stands in the middle, or nothing does. */
export function places(stars: readonly Star[]): Place[] {
  const others = stars.filter((star) => !star.main);
  const largest = Math.log1p(Math.max(1, ...others.map((star) => star.drift)));
  return stars.map((star) => {
    if (star.main) return { id: star.id, x: CENTRE, y: CENTRE };
    const angle = -Math.PI / 2 + (2 * Math.PI * (others.indexOf(star) + 0.5)) / others.length;
    const away = NEAREST + ((FARTHEST - NEAREST) * Math.log1p(star.drift)) / largest;
    return { id: star.id, x: round(CENTRE + away * Math.cos(angle)), y: round(CENTRE + away * Math.sin(angle)) };
  });
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
