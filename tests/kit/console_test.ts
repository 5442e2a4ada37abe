import assert from "node:assert/strict";
import { captureConsole } from "./console.ts";
import { tempFolder } from "./temp.ts";

Deno.test("captureConsole() gives levels and texts and puts the console back", async () => {
  const before = console.warn;
  const lines = await captureConsole(() => {
    console.warn("low", { space: 3 });
    console.log("done");
  });
  assert.deepEqual(lines, [
    { level: "warn", text: "low { space: 3 }" },
    { level: "log", text: "done" },
  ]);
  assert.equal(console.warn, before);
});

Deno.test("unexpected console output fails a test, captured output does not", async () => {
  await using folder = await tempFolder();
  const kit = (file: string) => new URL(file, import.meta.url).href;
  await Deno.writeTextFile(
    `${folder.path}/noise_test.ts`,
    `import { captureConsole } from ${JSON.stringify(kit("./console.ts"))};
     Deno.test("silent", () => captureConsole(() => console.log("taken")));
     Deno.test("noisy", () => console.error("a stray line"));`,
  );
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", "--preload", kit("./preload.ts"), "noise_test.ts"],
    cwd: folder.path,
    env: { NO_COLOR: "1" },
  }).output();
  const report = new TextDecoder().decode(stdout);
  assert.equal(code, 1);
  assert.match(report, /silent \.\.\. ok/);
  assert.match(report, /noisy \.\.\. FAILED/);
  assert.match(report, /The test wrote to the console:\n {2}error: a stray line/);
});
