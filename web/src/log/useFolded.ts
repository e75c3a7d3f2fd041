// A stream that ends, made into what it comes to: the log of a deployment, the answer of a model, a review.
import { useEffect, useRef, useState } from "react";
import { followAlone } from "./follow.ts";

interface Watch {
  onEvent?: (kind: string) => void;
  onEnd?: () => void; // after the event that ends it
}

/** Follow a stream from its beginning and fold its events; what was told stays until another stream is named. */
export function useFolded<S extends { ended: boolean }, E>(
  path: string | undefined,
  nothing: S,
  told: (state: S, kind: string, event: E) => S,
  watch: Watch = {},
): S {
  const [state, setState] = useState(nothing);
  const watching = useRef(watch);
  watching.current = watch;
  useEffect(() => {
    if (!path) return;
    let now = nothing;
    let drawn = 0;
    setState(now);
    const stop = followAlone({
      path,
      after: 0,
      onBack: () => undefined,
      onEvent: ({ event, data }) => {
        now = told(now, event, JSON.parse(data) as E);
        watching.current.onEvent?.(event);
        cancelAnimationFrame(drawn); // once for each picture that the screen shows
        drawn = requestAnimationFrame(() => setState(now));
        if (!now.ended) return;
        stop();
        setState(now);
        watching.current.onEnd?.();
      },
    });
    return () => {
      cancelAnimationFrame(drawn);
      stop();
    };
  }, [path, nothing, told]);
  return state;
}
