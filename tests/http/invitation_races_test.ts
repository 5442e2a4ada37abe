/** Simultaneous requests about one invitation. */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { appTest as registerTest, type TestApp } from "@/tests/kit/app.ts";
import type { TestClient } from "@/tests/kit/client.ts";
import { accept, invitationsOf, invitedByLink } from "@/tests/kit/invitations.ts";
import { addAdmin, signedIn } from "@/tests/kit/people.ts";
import { usersOf } from "./registration.ts";

const ROUNDS = 20;

/** One round about the invitation of an address. Returns whether it was accepted. */
type Round = (
  app: TestApp,
  admin: TestClient,
  invited: { invitation_id: number; token: string; name: string; round: number },
) => Promise<boolean>;

/** Registers a test of simultaneous requests: the outcome of each round must be exact. */
function raceTest(name: string, run: Round): void {
  registerTest(name, async (app) => {
    const admin = await signedIn(app, await addAdmin(app, "ada"));
    for (let round = 0; round < ROUNDS; round++) {
      const name = `ana${round}`;
      const invited = await invitedByLink(admin, `${name}@example.org`);
      const isAccepted = await run(app, admin, { ...invited, name, round });
      const accounts = (await usersOf(app)).filter(({ email }) => email === `${name}@example.org`);
      assert.equal(accounts.length, isAccepted ? 1 : 0);
      const row = (await invitationsOf(app)).find(({ id }) => id === invited.invitation_id);
      assert.deepEqual([row?.accepted_by ?? null, row?.accepted_at !== null], [
        accounts[0]?.id ?? null,
        isAccepted,
      ]);
    }
  }, { pooled: true });
}

raceTest("an invitation that is accepted twice at once makes one account", async (app, _, race) => {
  const { token, name, round } = race;
  // Every other time with the same name.
  const other = round % 2 === 0 ? name : `${name}b`;
  const answers = await Promise.all(
    [name, other].map((username) => accept(app, token, { username })),
  );
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 404]);
  const refused = answers.find(({ status }) => status === 404);
  assert.match(refused!.text, /already used: sign in, or ask ada/);
  return true;
});

raceTest(
  "an invitation that is withdrawn while it is accepted is one of both",
  async (app, admin, { token, name, invitation_id, round }) => {
    const [accepted, withdrawn] = await Promise.all([
      accept(app, token, { username: name }),
      pause(round * 8).then(() => admin.sendJson("DELETE", "/invitations", { invitation_id })),
    ]);
    const statuses = [accepted.status, withdrawn.status];
    const isAccepted = accepted.status === 201;
    assert.deepEqual(statuses, isAccepted ? [201, 409] : [404, 200]);
    return isAccepted;
  },
);

raceTest(
  "an invitation that is sent again while it is accepted is accepted, or its old link is dead",
  async (app, admin, { token, name, invitation_id, round }) => {
    await app.services.limits.letterPauses.giveBack(`invited ${name}@example.org`);
    const [accepted, sent] = await Promise.all([
      accept(app, token, { username: name }),
      pause(round * 8).then(() => admin.sendJson("PUT", "/invitations", { invitation_id })),
    ]);
    const isAccepted = accepted.status === 201;
    assert.deepEqual([accepted.status, sent.status], isAccepted ? [201, 409] : [404, 200]);
    return isAccepted;
  },
);

raceTest(
  "an admin who is demoted while their invitation is accepted lets nobody in afterwards",
  async (app, admin, { name, round }) => {
    const other = await addAdmin(app, `admin${round}`);
    const email = `by${round}@example.org`;
    const { token } = await invitedByLink(await signedIn(app, other), email, "admin");
    const [accepted, demoted] = await Promise.all([
      accept(app, token, { username: `by${round}` }),
      pause(round * 8).then(() =>
        admin.sendJson("PUT", "/edit_user", { user_id: other.user_id, role: "user" })
      ),
    ]);
    assert.equal(demoted.status, 200);
    assert.ok(accepted.status === 201 || accepted.status === 404, accepted.text);
    const made = (await usersOf(app)).filter((user) => user.email === email);
    assert.equal(made.length, accepted.status === 201 ? 1 : 0);
    assert.equal((await accept(app, token, { username: name })).status, 404);
    return false;
  },
);
