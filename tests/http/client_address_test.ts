import assert from "node:assert/strict";
import { RateLimit } from "@/lib/domain/rate_limit.ts";
import { appTest } from "@/tests/kit/app.ts";

const CHECKS_A_DAY = 5;

appTest(
  "a client behind a trusted network is one client, whatever its port",
  async (app) => {
    const browser = app.client();
    const check = async (forwarded: string) => {
      const headers = { accept: "application/json", "x-forwarded-for": forwarded };
      return (await browser.send("/email_exists?email=ada@example.com", { headers })).status;
    };
    for (let port = 1; port <= CHECKS_A_DAY; port++) {
      assert.equal(await check(`10.9.9.${port}, 203.0.113.9:${port}`), 200);
    }
    assert.equal(await check("198.51.100.1, 203.0.113.9:65000"), 429);
    assert.equal(await check("203.0.113.9, 198.51.100.1"), 200);
  },
  {
    environment: { TRUST_PROXY: "::ffff:127.0.0.0/104" },
    adapt: ({ db, limits }) => {
      const allowance = { count: CHECKS_A_DAY, windowSeconds: 86_400 };
      const emailChecks = new RateLimit(db, "emailChecks", allowance);
      return { limits: { ...limits, emailChecks } };
    },
  },
);
