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

const LIMITS = { startMs: 30_000, judgeMs: 100 };

Deno.test("the judge of the server knows passwords of large languages", async () => {
  const log = memoryLog();
  using judge = openJudge(log);
  const passwords = `пароль123 любимая123 йцукенгшщз славаукраїні1 кодпароль ichliebedich
    schmetterling1 mädchen123 maedchen123 Willkommen1 qwertzuiop motdepasse1 azertyuiop papillon1
    contraseña1 contrasena1 teamomucho mariposa1 minhasenha borboleta1 woaini1314 wodemima himawari1
    aishiteru arigatou1 habibi123 مرحبا123 كلمةالسر ضصثقفغعهخ 비밀번호123 saranghae1 ciaociao1
    kochamcie seniseviyorum`;
  for (const password of passwords.split(/\s+/)) {
    const strength = await judge.judge(password, []);
    assert.ok(strength && strength.score < 3, `${password}: ${strength?.score}`);
  }
  assert.equal((await judge.judge("orbit-velvet-tractor-mumble", []))?.score, 4);
  assert.deepEqual(log.warnings, []);
});

Deno.test("the event loop goes on while a password is judged", async () => {
  using judge = openJudge(memoryLog());
  await judge.judge("warm", []);
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  await Promise.all(Array.from({ length: 20 }, () => judge.judge("4@8({[<3691!|1|7l0$5", [])));
  clearInterval(timer);
  assert.ok(turns > 20, `${turns} turns`);
});

Deno.test("a password that takes too long is given up, and the next one is judged", async () => {
  const log = memoryLog();
  // The first thread never gets to an answer.
  const scripts = ["for (;;);", "onmessage = () => postMessage({ score: 3 }); postMessage(1);"];
  using judge = openJudge(log, () => thread(scripts.shift()!), { startMs: 100, judgeMs: 30_000 });
  assert.equal(await judge.judge("first", []), undefined);
  assert.equal((await judge.judge("second", []))?.score, 3);
  assert.deepEqual(log.warnings, ["A password could not be judged"]);
});

Deno.test("a judge that hangs over a password is ended", async () => {
  const hanging = "onmessage = () => {}; postMessage(1);";
  using judge = openJudge(memoryLog(), () => thread(hanging), LIMITS);
  assert.equal(await judge.judge("first", []), undefined);
});

Deno.test("a thread that fails takes nothing with it", async () => {
  using broken = openJudge(memoryLog(), () => thread("throw new Error('no dictionaries')"), LIMITS);
  assert.equal(await broken.judge("first", []), undefined);
  const failing = "onmessage = () => { throw new Error('odd password'); }; postMessage(1);";
  using judge = openJudge(memoryLog(), () => thread(failing), LIMITS);
  assert.equal(await judge.judge("first", []), undefined);
});

Deno.test("beyond 200 passwords that wait, the next is sent away", async () => {
  const quick = "onmessage = () => postMessage({ score: 3 }); postMessage(1);";
  using judge = openJudge(memoryLog(), () => thread(quick), { startMs: 30_000, judgeMs: 30_000 });
  const judged = Array.from({ length: 202 }, (_, i) => judge.judge(String(i), []));
  const results = await Promise.allSettled(judged);
  const refused = results.filter(({ status }) => status === "rejected");
  assert.equal(refused.length, 1);
  await assert.rejects(judged.at(-1)!, QueueFullError);
});
