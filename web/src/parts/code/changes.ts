// What differs between two texts, found line by line: characters are compared only inside lines that differ.
// Comparing all characters, as the view does by itself, gives up on long texts and calls the whole of them changed.
import { Change, presentableDiff } from "@codemirror/merge";
import { diffArrays } from "diff";

const MOST = 2000; // lines that come or go; where there are more, all between the first and the last of them counts as changed
const CLOSE = 5000; // characters of lines that are compared by characters

/** Return the changes that lead from `old` to `now`, as places in both. */
export function changesOf(old: string, now: string): readonly Change[] {
  const [before, after] = [linesOf(old), linesOf(now)];
  const changes: Change[] = [];
  let [atOld, atNow, fromOld, fromNow] = [0, 0, 0, 0];
  const flush = () => {
    if (atOld > fromOld || atNow > fromNow) changes.push(...within(old, now, new Change(fromOld, atOld, fromNow, atNow)));
  };
  for (const part of diffArrays(before, after, { maxEditLength: MOST }) ?? ends(before, after)) {
    const length = part.value.reduce((sum, line) => sum + line.length, 0);
    if (part.removed) atOld += length;
    else if (part.added) atNow += length;
    else {
      flush();
      [atOld, atNow] = [atOld + length, atNow + length];
      [fromOld, fromNow] = [atOld, atNow];
    }
  }
  flush();
  return changes;
}

/** Compare the characters of lines that differ, unless they are many, or one side has none. */
function within(old: string, now: string, change: Change): readonly Change[] {
  const { fromA, toA, fromB, toB } = change;
  if (fromA === toA || fromB === toB || toA - fromA + toB - fromB > CLOSE) return [change];
  const found = presentableDiff(old.slice(fromA, toA), now.slice(fromB, toB), { scanLimit: 500 });
  return found.map((one) => new Change(fromA + one.fromA, fromA + one.toA, fromB + one.fromB, fromB + one.toB));
}

function ends(before: string[], after: string[]) {
  let [head, tail] = [0, 0];
  const most = Math.min(before.length, after.length);
  while (head < most && before[head] === after[head]) head++;
  while (tail < most - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  return [
    { value: before.slice(0, head) },
    { value: before.slice(head, before.length - tail), removed: true },
    { value: after.slice(head, after.length - tail), added: true },
    { value: before.slice(before.length - tail) },
  ];
}

const linesOf = (text: string) => text.split(/(?<=\n)/);
