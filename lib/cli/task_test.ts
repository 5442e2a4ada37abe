import assert from "node:assert/strict";
import { captureConsole } from "@/tests/kit/console.ts";
import { TaskError } from "./errors.ts";
import { runTask, type Task } from "./task.ts";

const GREET_OPTIONS = {
  name: { type: "string", placeholder: "NAME", help: "whom to greet" },
  loud: { type: "boolean", short: "l", help: "in capitals" },
} as const;

const greet: Task<typeof GREET_OPTIONS> = {
  name: "greet",
  summary: "Greets somebody.",
  usage: "--name NAME",
  examples: ["greet --name Ada"],
  options: GREET_OPTIONS,
  run({ values: { name = "you", loud } }) {
    if (name === "nobody") throw new TaskError("Nobody is not here: name somebody else");
    console.log(loud ? name.toUpperCase() : name);
    return Promise.resolve();
  },
};

Deno.test("runTask() hands over the options and gives 0", async () => {
  const lines = await captureConsole(async () => {
    assert.equal(await runTask(greet, ["--name", "Ada", "-l"]), 0);
  });
  assert.deepEqual(lines, [{ level: "log", text: "ADA" }]);
});

Deno.test("runTask() gives 2 for an unknown option and names it on stderr", async () => {
  const [line] = await captureConsole(async () => {
    assert.equal(await runTask(greet, ["--nmae", "Ada"]), 2);
  });
  assert.equal(line?.level, "error");
  assert.match(line?.text ?? "", /'--nmae'.*deno task greet --help/);
});

Deno.test("runTask() gives 1 for a failure and says on stderr what to do", async () => {
  const lines = await captureConsole(async () => {
    assert.equal(await runTask(greet, ["--name", "nobody"]), 1);
  });
  assert.deepEqual(lines, [{ level: "error", text: "Nobody is not here: name somebody else" }]);
});

Deno.test("--help shows usage, each option and an example, and runs nothing", async () => {
  const [line] = await captureConsole(async () => {
    assert.equal(await runTask(greet, ["--name", "nobody", "--help"]), 0);
  });
  for (
    const part of ["deno task greet --name NAME", "-l, --loud", "--name NAME ", "greet --name Ada"]
  ) {
    assert.ok(line?.text.includes(part), part);
  }
});
