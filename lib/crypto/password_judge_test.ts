import assert from "node:assert/strict";
import { createPasswordJudge, type PasswordJudge } from "@/lib/crypto/password_judge.ts";
import { QueueFullError } from "@/lib/work_queue.ts";

function openJudge(...args: Parameters<typeof createPasswordJudge>): PasswordJudge & Disposable {
  const judge = createPasswordJudge(...args);
  return { ...judge, [Symbol.dispose]: () => judge.close() };
}

/** A log that keeps what it is told. */
function memoryLog() {
  const warnings: unknown[] = [];
  return { warnings, warn: (...words: unknown[]) => void warnings.push(words.at(-1)) };
}

/** A thread that runs a script. */
function thread(script: string): Worker {
  return new Worker(`data:text/javascript,${encodeURIComponent(script)}`, { type: "module" });
}

const LIMITS = { startMs: 30_000, judgeMs: 1_000 };

Deno.test("the server knows common passwords of large languages", async () => {
  const log = memoryLog();
  using judge = openJudge(log);
  const passwords = `пароль123 любимая123 йцукенгшщз славаукраїні1 кодпароль ichliebedich
    schmetterling1 mädchen123 maedchen123 Willkommen1 qwertzuiop motdepasse1 azertyuiop papillon1
    contraseña1 contrasena1 teamomucho mariposa1 minhasenha borboleta1 woaini1314 wodemima himawari1
    aishiteru arigatou1 habibi123 مرحبا123 كلمةالسر ضصثقفغعهخ 비밀번호123 saranghae1 ciaociao1
    kochamcie seniseviyorum`;
  for (const password of passwords.split(/\s+/)) {
    const strength = await judge.judge(password, [], "client");
    assert.ok(strength && strength.score < 3, `${password}: ${strength?.score}`);
  }
  assert.equal((await judge.judge("orbit-velvet-tractor-mumble", [], "client"))?.score, 4);
  assert.deepEqual(log.warnings, []);
});

Deno.test("the event loop stays free while a password is scored", async () => {
  using judge = openJudge(memoryLog());
  await judge.judge("warm", [], "client");
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  await Promise.all(
    Array.from({ length: 20 }, () => judge.judge("4@8({[<3691!|1|7l0$5", [], "client")),
  );
  clearInterval(timer);
  assert.ok(turns > 20, `${turns} turns`);
});

Deno.test("a password that takes too long is given up, and the next one is scored", async () => {
  const log = memoryLog();
  const scripts = [
    // Not for ever: Deno does not interrupt a thread that it terminates.
    "onmessage = () => { const end = Date.now() + 3_000; while (Date.now() < end); }; postMessage(1);",
    "onmessage = () => postMessage({ score: 3 }); postMessage(1);",
  ];
  using judge = openJudge(log, () => thread(scripts.shift()!), LIMITS);
  assert.equal(await judge.judge("first", [], "client"), undefined);
  assert.equal((await judge.judge("second", [], "client"))?.score, 3);
  assert.deepEqual(log.warnings, ["A password could not be judged"]);
});

Deno.test("a failing thread does not end the process", async () => {
  using broken = openJudge(memoryLog(), () => thread("throw new Error('no dictionaries')"), LIMITS);
  assert.equal(await broken.judge("first", [], "client"), undefined);
  const failing = "onmessage = () => { throw new Error('odd password'); }; postMessage(1);";
  using judge = openJudge(memoryLog(), () => thread(failing), LIMITS);
  assert.equal(await judge.judge("first", [], "client"), undefined);
});

Deno.test("beyond 200 waiting passwords, or 50 of one client, the next is refused", async () => {
  const quick = "onmessage = () => postMessage({ score: 3 }); postMessage(1);";
  using judge = openJudge(memoryLog(), () => thread(quick), { startMs: 30_000, judgeMs: 30_000 });
  const send = (client: string, count: number) =>
    Array.from({ length: count }, (_, i) => judge.judge(String(i), [], client));
  const taken = [send("first", 51), ...["second", "third", "fourth"].map((name) => send(name, 50))];
  for (const client of ["first", "fifth"]) {
    await assert.rejects(judge.judge("one more", [], client), QueueFullError);
  }
  await Promise.all(taken.flat());
});
