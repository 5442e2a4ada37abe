import { countStaffWithoutFactor } from "@/lib/repo/second_factors.ts";
import { policyCovers } from "@/lib/domain/accounts/two_factor_policy.ts";
import type { Services } from "@/lib/domain/services.ts";
import type { Finding } from "./finding.ts";

/** Says how many active admins and support lack a second factor, where `TWO_FACTOR` asks them for one. */
export async function checkAdminFactors(services: Services): Promise<Finding[]> {
  if (!policyCovers(services, "admin")) return [];
  const check = "Two-factor";
  const count = await countStaffWithoutFactor(services.db);
  if (count === 0) {
    return [{ check, state: "ok", detail: "All admins and support have a second factor" }];
  }
  return [{
    check,
    state: "warn",
    detail: `Admins and support without a second factor: ${count}`,
    advice: "Ask them to set one up at /security",
  }];
}
