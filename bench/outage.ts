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

/** As many users upload at the same moment. */
const UPLOADERS = 100;
const PHOTOGRAPH = { width: 512, height: 512 };

/** How often each situation is measured; they take turns, and a first round warms up. */
const ROUNDS = 4;
/** A state lasts so long even if the uploads are over sooner. */
const STATE_MS = 6_000;
/** Each page is asked for so often. */
const EVERY_MS = 20;

/** What pages were like for a while. */
interface Sample {
  readonly latencies: Latencies;
  /** What the application has spent on everything meanwhile, in seconds of processor time. */
  readonly spentSeconds: number;
}

/** Pages alone, and amid uploads in each state of the FTP server. */
type Round = Readonly<Record<"idle" | FtpState, Sample>>;

/** Pages while the FTP server fails: nobody should be able to tell. */
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

/** The pages that are asked for, by a user and by an admin. */
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

/** An upload of each of many users, of a picture that nobody has had. */
async function makeUploads(services: Services): Promise<BenchRequest[]> {
  const users = await listActiveUsers(services.db, UPLOADERS);
  return await Promise.all(
    users.map(async ({ id }) => uploadRequest(services, id, await photograph(PHOTOGRAPH))),
  );
}

/** What pages are like while these are uploaded. */
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

/** Lets nothing of one state wait for the next. */
async function sendAll({ db, jobs }: Services): Promise<void> {
  await until(async () => {
    await jobs.drain("image");
    return (await describeJobs(db, "image")).waiting === 0;
  });
}

const FAULTS = FTP_STATES.filter((state) => state !== "healthy");
const AS_HEALTHY = "the same uploads, FTP healthy";

/** Round by round, and the median of these: what one stall spoils decides nothing. */
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

/** What does not depend on how busy this machine is otherwise, as the slowest pages do. */
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
