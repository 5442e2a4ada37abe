import assert from "node:assert/strict";
import type { ComponentChildren, VNode } from "preact";
import { Signal, signal } from "@preact/signals";
import type { BuildCache, Island, IslandComponent } from "../build_cache.ts";
import { App, type PageProps } from "../mod.ts";
import { captureConsole } from "../../../tests/kit/console.ts";
import { decodePayload } from "./decode.ts";

function Counter({ start }: { start: number }) {
  return <b>{start}</b>;
}

function Box({ children, label }: { children?: ComponentChildren; label?: ComponentChildren }) {
  return <div>{label}{children}</div>;
}

function Closed(_props: { children: ComponentChildren }) {
  return <i>closed</i>;
}

function Panel() {
  return <Box label="panel">{<Counter start={9} />}</Box>;
}

function Anything(_props: { value: unknown }) {
  return null;
}

const COMPONENTS: Record<string, IslandComponent> = { Counter, Box, Closed, Panel, Anything };

function buildCacheOf(components: Record<string, IslandComponent>): BuildCache {
  const islands = Object.entries(components).map(([name, component]): [IslandComponent, Island] => [
    component,
    { name, exportName: "default", chunk: `/js/${name}.js`, imports: ["/js/shared.js"] },
  ]);
  return {
    root: "/",
    mode: "production",
    buildId: "build",
    routes: [],
    islands: new Map(islands),
    boot: { chunk: "/js/boot.js", imports: ["/js/preact.js"] },
    staticFile: () => undefined,
  };
}

/** Renders a page of islands. */
async function render(vnode: VNode, basePath = "") {
  const app = new App({ basePath });
  App.attach(app, buildCacheOf(COMPONENTS));
  app.get("/", (ctx) => ctx.render(vnode));
  const response = await app.handler()(new Request(`http://localhost${basePath}/`));
  const html = await response.text();
  const body = /<body>([^]*?)(<script|<\/body>)/.exec(html)?.[1];
  const json = /id="__FRSH_STATE">([^<]*)</.exec(html)?.[1];
  const payload = json === undefined ? undefined : decodePayload(json);
  return { response, html, body, payload };
}

Deno.test("an island stands between marks, and its props are in the payload", async () => {
  const { html, body, payload, response } = await render(
    <p>
      <Counter start={1} />
    </p>,
  );
  assert.equal(body, "<p><!--frsh:i0--><b>1</b><!--/frsh:i0--></p>");
  assert.deepEqual(payload, {
    chunks: ["/js/Counter.js"],
    islands: [[0, "default", {}, { start: 1 }]],
  });
  assert.match(
    html,
    /<script type="module" src="\/js\/boot\.js" nonce="[\w-]+"><\/script><\/body>/,
  );
  const preloads = ["boot", "preact", "Counter", "shared"]
    .map((name) => `</js/${name}.js>; rel="modulepreload"; as="script"`);
  assert.equal(response.headers.get("link"), preloads.join(", "));
});

Deno.test("a page that renders no island carries no script", async () => {
  const { html, response } = await render(<p>none</p>);
  assert.doesNotMatch(html, /<script/);
  assert.equal(response.headers.get("link"), null);
});

Deno.test("an element kept in a constant is an island at every request", async () => {
  const constant = <Counter start={2} />;
  const page = <>{constant}{constant}</>;
  const first = await render(page);
  const second = await render(page);
  assert.equal(first.body, second.body);
  assert.equal(second.payload?.islands.length, 2);
  assert.equal(constant.type, Counter);
});

Deno.test("an island rendered by another is a part of it", async () => {
  const { body, payload } = await render(<Panel />);
  assert.equal(body, "<!--frsh:i0--><div>panel<b>9</b></div><!--/frsh:i0-->");
  assert.deepEqual(payload?.chunks, ["/js/Panel.js"]);
});

Deno.test("JSX props are slots, and islands in them hydrate by themselves", async () => {
  const { body, payload } = await render(
    <Box label={<em>l</em>}>
      text <Counter start={3} />
    </Box>,
  );
  assert.equal(
    body,
    "<!--frsh:i0--><div><!--frsh:s0--><em>l</em><!--/frsh:s0--><!--frsh:s1-->text " +
      "<!--frsh:i1--><b>3</b><!--/frsh:i1--><!--/frsh:s1--></div><!--/frsh:i0-->",
  );
  assert.deepEqual(payload?.islands, [
    [0, "default", { label: 0, children: 1 }, {}],
    [1, "default", {}, { start: 3 }],
  ]);
});

Deno.test("a slot that is not shown is sent in a template, inside the marks of its island", async () => {
  const { body } = await render(
    <Closed>
      <Counter start={4} />
    </Closed>,
  );
  assert.equal(
    body,
    '<!--frsh:i0--><i>closed</i><template data-frsh="0"><!--frsh:i1--><b>4</b><!--/frsh:i1-->' +
      "</template><!--/frsh:i0-->",
  );
});

Deno.test("props of plain text need no slot", async () => {
  const { payload } = await render(<Box label="plain">{null}</Box>);
  assert.deepEqual(payload?.islands, [[0, "default", {}, { label: "plain", children: null }]]);
});

Deno.test("a text child of an island is sent once, in the HTML", async () => {
  for (const children of ["words", 70707, ["wor", "ds"]]) {
    const { html, payload } = await render(<Box>{children}</Box>);
    const text = [children].flat().join("");
    assert.match(html, new RegExp(`<!--frsh:s0-->${text}<!--/frsh:s0-->`));
    assert.equal(html.split(text).length, 2, html);
    assert.deepEqual(payload?.islands, [[0, "default", { children: 0 }, {}]]);
  }
});

Deno.test("a signal given to two islands is one signal in the browser", async () => {
  const count = signal(5);
  const { payload } = await render(
    <>
      <Anything value={count} />
      <Anything value={count} />
    </>,
  );
  const [first, second] = payload!.islands.map(([, , , { value }]) => value);
  assert.ok(first instanceof Signal);
  assert.equal(first, second);
});

Deno.test("an object without a prototype is data, not JSX", async () => {
  const value = Object.assign(Object.create(null), { word: "sent" });
  const { payload } = await render(<Anything value={value} />);
  assert.deepEqual(payload?.islands, [[0, "default", {}, { value: { word: "sent" } }]]);
});

Deno.test("what cannot be sent answers 500, and the log names the prop and the island", async () => {
  const [logged] = await captureConsole(async () => {
    const { response } = await render(<Anything value={{ items: [{ onClick: () => {} }] }} />);
    assert.equal(response.status, 500);
  });
  assert.match(logged!.text, /Prop value\.items\[0\]\.onClick of island Anything is a function/);
});

Deno.test("URLs carry the base path", async () => {
  const { html, payload, response } = await render(<Anything value={NaN} />, "/shop");
  assert.deepEqual(payload?.chunks, ["/shop/js/Anything.js"]);
  assert.match(html, /src="\/shop\/js\/boot\.js"/);
  assert.match(response.headers.get("link")!, /^<\/shop\/js\/boot\.js>/);
});

Deno.test("an island in the app wrapper may hold the page, with its islands", async () => {
  const app = new App();
  App.attach(app, buildCacheOf(COMPONENTS));
  app.appWrapper(({ Component }: PageProps) => (
    <body>
      <Box>
        <Component />
      </Box>
    </body>
  ));
  app.get("/", (ctx) => ctx.render(<Counter start={6} />));
  const html = await (await app.handler()(new Request("http://localhost/"))).text();
  assert.match(
    html,
    /<!--frsh:i1--><div><!--frsh:s0--><!--frsh:i0--><b>6<\/b><!--\/frsh:i0--><!--\/frsh:s0--><\/div>/,
  );
});
