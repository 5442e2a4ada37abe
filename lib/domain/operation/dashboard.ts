import { countAuditEventsPerDay, listRecentAuditEvents } from "@/lib/repo/audit_events.ts";
import { countFailedJobs } from "@/lib/repo/jobs.ts";
import { countSignUpsPerDay, countUsers } from "@/lib/repo/user_counts.ts";
import type { DashboardView } from "@/lib/shared/views.ts";
import type { Actor } from "@/lib/domain/actor.ts";
import { auditView } from "@/lib/domain/audit.ts";
import { authorise } from "@/lib/domain/authorise.ts";
import { checkServices } from "./service_states.ts";
import type { Services } from "@/lib/domain/services.ts";

const DAYS = 30;
const RECENT_EVENTS = 10;

/**
 * Returns the content of the dashboard.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`
 */
export async function viewDashboard(services: Services, actor: Actor): Promise<DashboardView> {
  authorise(actor, "see_dashboard");
  const [counts, events, states] = await Promise.all([
    services.readSlowly(async (db) => ({
      ...await countUsers(db),
      sign_ups: await countSignUpsPerDay(db, DAYS),
      failed_emails: await countFailedJobs(db, "letter"),
      failed_logins: await countAuditEventsPerDay(db, "sign_in_failed", DAYS),
    })),
    listRecentAuditEvents(services.db, { limit: RECENT_EVENTS }),
    checkServices(services),
  ]);
  return { ...counts, events: events.map(auditView), services: states };
}
