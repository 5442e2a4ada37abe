/** The result of one check. */
export interface Finding {
  readonly check: string;
  readonly state: "ok" | "warn" | "fail";
  readonly detail: string;
  /** What to do about it. Absent if all is well. */
  readonly advice?: string;
  /** The requirement of OWASP's ASVS 5.0 that it is about. */
  readonly asvs?: string;
}
