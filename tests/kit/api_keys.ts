import { makeApiKey } from "@/lib/domain/accounts/api_keys.ts";
import { insertNewSession } from "@/lib/domain/accounts/new_session.ts";
import type { Scope } from "@/lib/shared/api_keys.ts";
import type { ApiKeyView } from "@/lib/shared/account_views.ts";
import { findSession } from "@/lib/repo/sessions.ts";
import { hashToken } from "@/lib/crypto/token.ts";
import type { TestApp } from "./app.ts";
import type { Answer } from "./client.ts";
import { accountOf, type Person } from "./people.ts";

const SOURCE = { requestId: "test", ip: "127.0.0.1", userAgent: navigator.userAgent };

/** A program with an API key. */
export interface Program {
  readonly token: string;
  readonly key: ApiKeyView;
  /** Sends a request as a script does: no cookies, no `Origin`. */
  ask(method: string, path: string, value?: unknown): Promise<Answer>;
}

/** Makes an API key for a person, and a program that has it. */
export async function programOf(
  app: TestApp,
  person: Person,
  scopes: readonly Scope[] = ["self"],
  days = 30,
): Promise<Program> {
  const { db } = app.services;
  const { id: userId, username, role } = await accountOf(app, person);
  const visitor = { kind: "anonymous", source: SOURCE } as const;
  const session = await insertNewSession(db, visitor, userId);
  const found = await findSession(db, hashToken(session), { idleMinutes: 60, maxHours: 1 });
  const actor = { kind: "user", source: SOURCE, userId, username, role } as const;
  const { token, api_key } = await makeApiKey(
    app.services,
    { ...actor, sessionId: found!.id },
    { name: "backup", scopes, days },
  );
  return { token, key: api_key, ask: askWith(app, token) };
}

/** Returns a function that sends requests with a token. */
export function askWith(app: TestApp, token: string): Program["ask"] {
  return (method, path, value) =>
    app.client().send(path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(value !== undefined && { "content-type": "application/json" }),
      },
      ...(value !== undefined && { body: JSON.stringify(value) }),
    });
}
