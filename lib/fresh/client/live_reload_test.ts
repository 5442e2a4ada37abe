import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { App, staticFiles } from "../mod.ts";
import { Builder } from "../dev.ts";
import { launchChromium, openPage } from "../../../tests/kit/chromium.ts";
import { captureConsole } from "../../../tests/kit/console.ts";
import { freePort } from "../../../tests/kit/free_port.ts";
import { chromium } from "../../../tests/kit/programs.ts";

const testdata = fileURLToPath(import.meta.resolve("../build/testdata"));

/** Serves a project in development until disposed of. */
async function develop(root: string, port: number) {
  const stop = new AbortController();
  let listening = 0;
  await new Builder({ root }).listen(
    () => Promise.resolve({ app: new App({ basePath: "/base" }).use(staticFiles()).fsRoutes() }),
    {
      hostname: "127.0.0.1",
      port,
      signal: stop.signal,
      onListen: (address) => listening = address.port,
    },
  );
  return {
    port: listening,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await refused(port);
    },
  };
}

/** Resolves when nothing listens on a port any more. */
async function refused(port: number): Promise<void> {
  while (true) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    } catch {
      return;
    }
  }
}

/** A project with one page and one static file. */
async function project() {
  const root = await Deno.makeTempDir({ dir: testdata, prefix: "tmp_" });
  const write = async (path: string, content: string) => {
    await Deno.mkdir(dirname(join(root, path)), { recursive: true });
    await Deno.writeTextFile(join(root, path), content);
  };
  await write("routes/index.tsx", `export default () => <p>Page</p>;`);
  await write("static/note.txt", "first");
  return { root, write, [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }) };
}

Deno.test({
  name: "open pages reload when a file changes and when the server restarts",
  ignore: !chromium.find(),
  async fn() {
    await using files = await project();
    const port = freePort();
    await using browser = await launchChromium();
    await using shown = await openPage(browser);
    const { page } = shown;
    const alive = () => page.waitForResponse((response) => response.url().endsWith("/_frsh/alive"));
    const url = `http://127.0.0.1:${port}/base`;
    {
      await using _server = await develop(files.root, port);
      await Promise.all([alive(), page.goto(`${url}/`)]);
      const reloaded = Promise.all([page.waitForEvent("load"), alive()]);
      await files.write("static/note.txt", "second");
      await reloaded;
      assert.equal(await (await fetch(`${url}/note.txt`)).text(), "second");
    }
    const reloaded = page.waitForEvent("load");
    await using _server = await develop(files.root, port);
    await reloaded;
    assert.equal(await page.textContent("p"), "Page");
  },
});

Deno.test("a build that fails at the start shows why until it is repaired", async () => {
  await using files = await project();
  await files.write("islands/Broken.tsx", "export default function (");
  const logged = await captureConsole(async () => {
    await using server = await develop(files.root, freePort());
    const url = `http://127.0.0.1:${server.port}/base/`;
    const broken = await fetch(url);
    assert.equal(broken.status, 500);
    assert.match(await broken.text(), /Broken\.tsx/);

    await files.write("islands/Broken.tsx", "export default () => null;");
    let page = await fetch(url);
    while (page.status === 500) {
      await page.body?.cancel();
      page = await fetch(url);
    }
    assert.match(await page.text(), /<p>Page<\/p>/);
  });
  assert.deepEqual(logged.map(({ level }) => level), ["error"]);
});
