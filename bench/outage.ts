import type { Services } from "@/lib/domain/services.ts";
import { describeJobs } from "@/lib/repo/jobs.ts";
import { until } from "@/tests/storage/ftp_servers.ts";
import { photograph, upload, uploadRequest } from "./kit/avatar_upload.ts";
import { median } from "./kit/compare.ts";
import { FTP_STATES, type FtpStage, type FtpState, startFtpStage } from "./kit/ftp_stage.ts";
import { type Latencies, percentile, sampleLatencies } from "./kit/latency.ts";
import type { BenchRequest } from "./kit/load.ts";
import { type BenchRoster, cookieOf, listActiveUsers, serveRoster } from "./kit/roster.ts";
import type { Measurement, Suite } from "./kit/suite.ts";

/** Users who upload at the same moment. */
const UPLOADERS = 100;
const PHOTOGRAPH = { width: 512, height: 512 };

/** Times that each situation is measured, in turns. A first round warms up. */
const ROUNDS = 4;
/** Minimum duration of a state. */
const STATE_MS = 6_000;
/** Interval between requests for each page. */
const EVERY_MS = 20;

/** Measurements of pages over a period. */
interface Sample {
  readonly latencies: Latencies;
  /** Processor time of the whole application meanwhile, in seconds. */
  readonly spentSeconds: number;
}

/** Pages without uploads, and during uploads in each state of the FTP server. */
type Round = Readonly<Record<"idle" | FtpState, Sample>>;

/** Pages while the FTP server fails. Nobody should notice. */
export const outage: Suite = {
  summary: "The slowest 1 % of pages amid 100 uploads while the FTP server fails, against healthy",
  async run(tell) {
    await using ftp = await startFtpStage();
    const { environment } = ftp;
    await using roster = await serveRoster({ users: UPLOADERS * 2, environment });
    const pages = await makePages(roster.services);
    const rounds: Round[] = [];
    for (let round = 0; round <= ROUNDS; round++) rounds.push(await measure(ftp, roster, pages));
    const measured = rounds.slice(1);
    for (const { path } of pages) compareLatencies(path, measured).forEach(tell);
    compareSpending(measured).forEach(tell);
  },
};

/** Requests of a user and of an admin. */
async function makePages(services: Services): Promise<BenchRequest[]> {
  const [user, admin] = await listActiveUsers(services.db, 2);
  await services.db.updateTable("users").set({ role: "admin" }).where("id", "=", admin!.id)
    .execute();
  const page = async (path: string, userId: number) => {
    const headers = { accept: "text/html", cookie: await cookieOf(services, userId) };
    return { path, headers };
  };
  return [await page("/profile", user!.id), await page("/user_list", admin!.id)];
}

async function measure(
  ftp: FtpStage,
  roster: BenchRoster,
  pages: readonly BenchRequest[],
): Promise<Round> {
  const amidUploads = async (state: FtpState) => {
    const uploads = await makeUploads(roster.services);
    const over = await ftp.enter(state);
    const sample = await samplePages(roster, pages, uploads);
    await over[Symbol.asyncDispose]();
    await sendAll(roster.services);
    return sample;
  };
  return {
    idle: await samplePages(roster, pages, []),
    healthy: await amidUploads("healthy"),
    killed: await amidUploads("killed"),
    full: await amidUploads("full"),
    slow: await amidUploads("slow"),
  };
}

/** One upload by each of many users, with pictures that nobody has had. */
async function makeUploads(services: Services): Promise<BenchRequest[]> {
  const users = await listActiveUsers(services.db, UPLOADERS);
  return await Promise.all(
    users.map(async ({ id }) => uploadRequest(services, id, await photograph(PHOTOGRAPH))),
  );
}

/** Measures pages during these uploads. */
async function samplePages(
  { server }: BenchRoster,
  pages: readonly BenchRequest[],
  uploads: readonly BenchRequest[],
): Promise<Sample> {
  const { port } = server;
  const before = server.spentSeconds();
  const time = new Promise((resolve) => setTimeout(resolve, STATE_MS));
  const end = Promise.all([time, ...uploads.map((request) => upload(port, request))]);
  const latencies = await sampleLatencies(port, pages, { everyMs: EVERY_MS, end });
  return { latencies, spentSeconds: server.spentSeconds() - before };
}

/** Waits until nothing of one state is left for the next. */
async function sendAll({ db, jobs }: Services): Promise<void> {
  await until(async () => {
    await jobs.drain("image");
    return (await describeJobs(db, "image")).waiting === 0;
  });
}

const FAULTS = FTP_STATES.filter((state) => state !== "healthy");
const AS_HEALTHY = "the same uploads, FTP healthy";

/** Compares round by round and takes the median, so that one stall does not count. */
function compareLatencies(path: string, rounds: readonly Round[]): Measurement[] {
  const p99s = (state: keyof Round) =>
    rounds.map((round) => percentile(round[state].latencies[path] ?? [], 0.99));
  const against = (state: FtpState, baseline: "idle" | "healthy") => ({
    name: `outage: p99 of GET ${path} amid ${UPLOADERS} uploads, FTP ${state}`,
    value: median(p99s(state).map((p99, round) => p99 / p99s(baseline)[round]!)),
    unit: "ratio",
    of: baseline === "idle" ? "without uploads" : AS_HEALTHY,
  });
  return [
    ...FAULTS.map((state) => ({ ...against(state, "healthy"), target: { atMost: 2 } })),
    ...FTP_STATES.map((state) => against(state, "idle")),
    { name: `outage: p99 of GET ${path} without uploads`, value: median(p99s("idle")), unit: "ms" },
  ];
}

/**
 * Compares processor time, which other load on this machine affects less than the slowest pages.
 */
function compareSpending(rounds: readonly Round[]): Measurement[] {
  const spent = (state: FtpState) =>
    rounds.reduce((sum, round) => sum + round[state].spentSeconds, 0);
  return FAULTS.map((state) => ({
    name: `outage: processor time of the application, FTP ${state}`,
    value: spent(state) / spent("healthy"),
    unit: "ratio",
    of: AS_HEALTHY,
  }));
}
