import { listRecentAuditEvents } from "@/lib/repo/audit_events.ts";
import { countFigures, findFigures, type KeptFigures, upsertFigures } from "@/lib/repo/figures.ts";
import { anyAdmin } from "@/lib/repo/admins.ts";
import type { DashboardView } from "@/lib/shared/operation_views.ts";
import type { Actor } from "@/lib/domain/actor.ts";
import { auditView } from "@/lib/domain/audit.ts";
import { authorise } from "@/lib/domain/authorise.ts";
import { checkServices } from "./service_states.ts";
import type { Services } from "@/lib/domain/services.ts";

const RECENT_EVENTS = 10;

type By = DashboardView["by"];

/**
 * Returns the content of the dashboard. Its figures are as the last minute has left them.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`
 */
export async function viewDashboard(
  services: Services,
  actor: Actor,
  by: By,
): Promise<DashboardView> {
  authorise(actor, "see_dashboard");
  const [{ counts, series, madeAt }, events, states] = await Promise.all([
    figuresOf(services, by),
    listRecentAuditEvents(services.db, { limit: RECENT_EVENTS }),
    checkServices(services),
  ]);
  return {
    counts,
    by,
    ...series,
    made_at: madeAt.toISOString(),
    events: events.map(auditView),
    services: states,
  };
}

async function figuresOf(services: Services, by: By): Promise<KeptFigures> {
  const kept = await findFigures(services.db, by);
  if (kept) return kept;
  // Maintenance has not begun yet.
  await keepFigures(services);
  return (await findFigures(services.db, by))!;
}

/**
 * Counts what the dashboard shows, as one process does every minute. If one statement takes too long,
 * the next round goes on where this one has ended.
 */
export async function keepFigures({ db }: Pick<Services, "db">): Promise<void> {
  // Otherwise the first admin would see zero users for a minute.
  if (!await anyAdmin(db)) return;
  for await (const figures of countFigures(db)) await upsertFigures(db, figures);
}
