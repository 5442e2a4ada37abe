import type { InputHTMLAttributes } from "preact";
import { INITIAL_VALUE } from "@/components/Field.tsx";
import { SEARCH_MAX_CHARS } from "@/lib/shared/limits.ts";

/** The field `q`, which looks for users. */
export function SearchInput({ value, ...attributes }: InputHTMLAttributes) {
  return (
    <input
      class="form-control"
      type="search"
      dir="auto"
      name="q"
      maxLength={SEARCH_MAX_CHARS}
      {...attributes}
      {...{ [INITIAL_VALUE]: value }}
    />
  );
}
