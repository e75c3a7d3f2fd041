import { useId, type SelectHTMLAttributes } from "react";
import { INPUT } from "./Field.tsx";

export interface Choice {
  value: string;
  label: string;
}

interface Props extends SelectHTMLAttributes<HTMLSelectElement> {
  label: string;
  choices: readonly Choice[];
  inline?: boolean; // the label is for those who do not see it
}

/** One of a few: the browser's own list, which every keyboard and screen reader knows. */
export function Select({ label, choices, inline = false, className = "", ...rest }: Props) {
  const id = useId();
  return (
    <div className={`min-w-0 ${className}`}>
      <label htmlFor={id} className={inline ? "sr-only" : "mb-1 block font-medium"}>
        {label}
      </label>
      <select id={id} {...rest} className={`${INPUT} min-h-8`}>
        {choices.map((one) => (
          <option key={one.value} value={one.value}>
            {one.label}
          </option>
        ))}
      </select>
    </div>
  );
}
