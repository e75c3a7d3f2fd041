import { useId, type InputHTMLAttributes, type ReactNode } from "react";

export const INPUT =
  "w-full min-w-0 rounded-md border border-line-strong bg-paper px-2.5 py-1.5 text-ink placeholder:text-faint";

interface Props extends InputHTMLAttributes<HTMLInputElement> {
  label: string;
  hint?: ReactNode;
}

export function Field({ label, hint, ...rest }: Props) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="mb-1 block font-medium">
        {label}
      </label>
      <input id={id} autoComplete="off" {...rest} className={INPUT} />
      {hint && <p className="mt-1 text-xs text-soft">{hint}</p>}
    </div>
  );
}
