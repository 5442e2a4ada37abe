import assert from "node:assert/strict";
import pino from "pino";
import {
  createPasswordJudge,
  type JudgeLimits,
  type PasswordJudge,
} from "@/lib/crypto/password_judge.ts";
import { RateLimit } from "@/lib/domain/rate_limit.ts";
import { appTest } from "@/tests/kit/app.ts";
import { register } from "./registration.ts";

appTest(
  "weak passwords count too, because scoring them takes the server's time",
  async (app) => {
    const weak = { password: "grace12345", password2: "grace12345" };
    const statuses = [await register(app, weak), await register(app, weak)].map((a) => a.status);
    assert.deepEqual(statuses, [422, 429]);
  },
  {
    adapt: ({ db, limits }) => {
      const registrations = new RateLimit(db, "registrations", { count: 1, windowSeconds: 86_400 });
      return { limits: { ...limits, registrations } };
    },
  },
);

appTest("a password made of the user's address or the site's host is too easy", async (app) => {
  const { hostname } = new URL(app.services.settings.appUrl);
  const email = "j.smith-jones@c.example";
  for (const password of ["j.smith-jones", "Jones_Smith_2024", `j.smith-jones.${hostname}`]) {
    const answer = await register(app, { email, password, password2: password });
    assert.equal(answer.status, 422, password);
    assert.match(JSON.parse(answer.text).errors.password, /too easy to guess/, password);
  }
}, { environment: { APP_URL: "https://people.northwind.example" } });

/** Creates a judge whose thread runs a script. */
function judgeThatRuns(script: string, limits: JudgeLimits): PasswordJudge {
  const url = `data:text/javascript,${encodeURIComponent(script)}`;
  const start = () => thread = new Worker(url, { type: "module" });
  return createPasswordJudge({ warn() {} }, start, limits);
}

let thread: Worker | undefined;

appTest("a password that is not scored in time is accepted if it is long", async (app) => {
  const short = await register(app, { password: "fourteen chars", password2: "fourteen chars" });
  assert.equal(short.status, 422);
  assert.match(JSON.parse(short.text).errors.password, /at least 15 characters/);
  const long = await register(app, { password: "fifteen letters", password2: "fifteen letters" });
  assert.equal(long.status, 201);
}, { adapt: () => ({ strength: judgeThatRuns("", { startMs: 20, judgeMs: 20 }) }) });

/** Scores nothing until it gets the message "go". */
const HELD = `
  let [goes, holds] = [false, false];
  onmessage = ({ data }) => {
    if (data === "go") goes = true;
    else holds = true;
    if (goes && holds) {
      holds = false;
      postMessage({ score: 4 });
    }
  };
  postMessage("ready");`;

let logged: string[] = [];

appTest(
  "beyond 200 waiting passwords the next client is told to come back, and no stack is logged",
  async (app) => {
    const { strength } = app.services;
    const waiting = Array.from({ length: 201 }, (_, i) => strength.judge("waits", [], String(i)));
    const answer = await register(app);
    assert.deepEqual([answer.status, answer.headers.get("retry-after")], [503, "5"]);
    assert.deepEqual(logged.map((line) => JSON.parse(line).status), [503]);
    thread!.postMessage("go");
    await Promise.all(waiting);
  },
  {
    adapt: () => {
      logged = [];
      const log = pino({ level: "debug" }, { write: (line: string) => logged.push(line) });
      return { log, strength: judgeThatRuns(HELD, { startMs: 30_000, judgeMs: 30_000 }) };
    },
  },
);
