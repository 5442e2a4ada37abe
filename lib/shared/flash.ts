/** A message about what was just done, shown once. */
export interface Flash {
  readonly kind: "success" | "error" | "info";
  readonly text: string;
}
