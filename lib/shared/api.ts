import type { FieldErrors } from "./form.ts";
import type { EditConflictView, UserView } from "./views.ts";

/** A refusal as in RFC 9457. */
export interface Problem {
  /** HTTP status, or 0 without an answer. */
  readonly status: number;
  readonly title: string;
  readonly detail?: string;
  readonly errors?: FieldErrors;
  /** Path that leads on, such as `/step_up`. */
  readonly next?: string;
  /** Set if somebody else saved first: what both have changed ... */
  readonly conflicts?: readonly EditConflictView[];
  /** ... and the user as they saved it. */
  readonly current?: UserView;
}

/** The server's answer. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: Problem };

/** The body of a request: fields and files, or a few values that are sent as JSON. */
export type ApiBody = FormData | Readonly<Record<string, string | number>>;

/**
 * Calls one of our own routes and reads JSON. Never throws: a missing answer is a {@linkcode
 * Problem} too.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9457
 */
export async function callApi<T>(
  method: "GET" | "POST" | "PUT" | "DELETE",
  path: string,
  options: { readonly body?: ApiBody; readonly signal?: AbortSignal } = {},
): Promise<Answer<T>> {
  try {
    const response = await fetch(path, { method, ...encode(options.body), ...signalOf(options) });
    const answer = await response.json();
    return response.ok ? { ok: true, value: answer } : { ok: false, problem: answer };
  } catch {
    return { ok: false, problem: NO_ANSWER };
  }
}

/** Returns the sentence that explains a problem to a user. */
export function explainProblem({ title, detail }: Problem): string {
  return detail ?? title;
}

const NO_ANSWER: Problem = {
  status: 0,
  title: "No answer",
  detail: "The server does not answer, try again in a moment",
};

function encode(body: ApiBody | undefined): RequestInit {
  const accept = "application/json";
  if (body === undefined) return { headers: { accept } };
  // The browser sets the content type of a FormData, which includes its boundary.
  if (body instanceof FormData) return { headers: { accept }, body };
  return {
    headers: { accept, "content-type": "application/json" },
    body: JSON.stringify(body),
  };
}

function signalOf({ signal }: { readonly signal?: AbortSignal }): RequestInit {
  return signal ? { signal } : {};
}
