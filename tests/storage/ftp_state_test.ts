import assert from "node:assert/strict";
import { serveApp, type TestApp } from "@/tests/kit/app.ts";
import { addAdmin, signedIn } from "@/tests/kit/people.ts";
import { commandTest, type Shell } from "@/tests/tasks/command.ts";
import { vsftpd } from "@/tests/kit/programs.ts";
import { startVsftpd } from "@/tests/kit/vsftpd.ts";
import { addUser, changeAvatar, makePicture } from "./avatars.ts";
import { databaseAndFtpTest, ftpEnvironment, until } from "./ftp_servers.ts";
import { isEmpty, openInstance } from "./instances.ts";

databaseAndFtpTest("The dashboard shows what waits for the FTP server", async (test) => {
  const { database, server } = test;
  await using app = await serveApp(database, { environment: ftpEnvironment(server) });
  assert.match(await dashboardOf(app), /127\.0\.0\.1, encrypted; nothing waits/);
});

databaseAndFtpTest("The dashboard tells why the FTP server fails, and what waits", async (test) => {
  const { database, server } = test;
  await server.kill();
  await using app = await serveApp(database, { environment: ftpEnvironment(server) });
  const user = await addUser(database.db, "ann");
  await changeAvatar(database.db, app.services, user, makePicture("a"));
  const anHourAgo = new Date(Date.now() - 3_600_000);
  await database.db.updateTable("jobs").set({ created_at: anHourAgo }).execute();
  assert.match(
    await dashboardOf(app),
    /encrypted: Cannot connect to the FTP server .*; 2 files wait, the oldest for 60 min/,
  );
});

commandTest("doctor tells of the FTP server and what waits for it", async (shell) => {
  await using server = await startVsftpd();
  const env = ftpEnvironment(server);
  await using instance = await openInstance(shell.db, server);
  await changeAvatar(shell.db, instance, await addUser(shell.db, "ann"), makePicture("a"));
  await until(() => isEmpty(shell.db));
  assert.deepEqual(await ftpFinding(shell, env), ["ok", "127.0.0.1, encrypted; nothing waits"]);
  await server.kill();
  await changeAvatar(shell.db, instance, await addUser(shell.db, "bob"), makePicture("b"));
  const [state, detail] = await ftpFinding(shell, env);
  assert.equal(state, "fail");
  assert.match(detail, /Cannot connect.*; 2 files wait, the oldest for 0 min$/);
}, { ignore: vsftpd.find() === undefined });

/** Shows the last answer of a slow server, so that one has to be there. */
async function dashboardOf(app: TestApp): Promise<string> {
  await app.services.images.health.refresh();
  const admin = await signedIn(app, await addAdmin(app));
  const { status, text } = await admin.get("/admin");
  assert.equal(status, 200);
  return text;
}

async function ftpFinding(shell: Shell, env: Record<string, string>): Promise<[string, string]> {
  const { stdout } = await shell.run(["doctor", "--json"], { env });
  const findings = stdout.trim().split("\n").map((line) => JSON.parse(line));
  const { state, detail } = findings.find(({ check }) => check === "FTP");
  return [state, detail];
}
