import assert from "node:assert/strict";
import { renderToString } from "preact-render-to-string";
import { AuditList } from "@/components/AuditLog.tsx";
import type { AuditEntryView, AuditLogView } from "@/lib/shared/operation_views.ts";

const ENTRY: AuditEntryView = {
  id: 501,
  at: "2029-01-01T02:00:00Z",
  actor: "ada",
  actor_id: 2,
  real_actor: null,
  real_actor_id: null,
  action: "suspend_user",
  target: "bo",
  target_id: 3,
  way: "page",
  api_key: null,
  changes: [],
  reason: "Spam",
  notes: {},
  request_id: null,
  network: null,
  browser: null,
};

function render(entries: AuditLogView["entries"]): string {
  const kept = { sign_in_days: 90, days: 730, removed_at: null };
  const view = { entries, kept, searched_to: "2029-01-01T02:00:00Z", next: 500, previous: null };
  return renderToString(<AuditList view={view} fields={{}} viewer_id={1} path="/audit_log" />);
}

Deno.test("a page of the audit log says how far was searched before time was over", () => {
  const html = render([ENTRY]);
  assert.match(
    html,
    /Searched as far as <time [^>]*>1 Jan 2029, 02:00 UTC<\/time>: go on for more/,
  );
  assert.equal(html.match(/<li/g)?.length, 1);
});

Deno.test("a page on which nothing was found in time has no list, but leads on", () => {
  const html = render([]);
  assert.match(html, /Nothing found as far as <time/);
  assert.doesNotMatch(html, /<ul/);
  assert.match(html, /href="\/audit_log\?after=500"/);
});
