import { useLayoutEffect, useRef, type RefObject } from "react";

/** Make a view of the browser in an element, anew whenever one of `parts` changes. */
export function useView(make: (parent: HTMLElement) => { destroy: () => void }, parts: readonly unknown[]): RefObject<HTMLDivElement | null> {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (place.current === null) return;
    const view = make(place.current);
    return () => view.destroy();
  }, parts);
  return place;
}
