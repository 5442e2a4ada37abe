import assert from "node:assert/strict";
import { Component, createContext, type VNode } from "preact";
import { useContext, useEffect, useId, useLayoutEffect, useState } from "preact/hooks";
import { signal } from "@preact/signals";
import { withoutEffects } from "./preact_internals.ts";
import { App } from "./mod.ts";

const [preact, signals] = ["preact", "@preact/signals"].map((name) => {
  const manifest = new URL(`../../node_modules/${name}/package.json`, import.meta.url);
  return `${name} ${JSON.parse(Deno.readTextFileSync(manifest)).version}`;
});

/** Tests one use of mangled names. A failure names the version that has changed them. */
function mangledNameTest(version: string, use: string, fn: () => void | Promise<void>): void {
  Deno.test(`${version} keeps the mangled names for ${use}`, async () => {
    try {
      await fn();
    } catch (cause) {
      throw new Error(`${version} broke lib/fresh/preact_internals.ts: ${use}`, { cause });
    }
  });
}

async function render(component: () => VNode | null): Promise<string> {
  const app = new App({ mode: "development" }).get("/", (ctx) => {
    const Page = component;
    return ctx.render(<Page />);
  });
  const html = await (await app.handler()(new Request("http://localhost/"))).text();
  return /<body>(.*)<\/body>/s.exec(html)?.[1] ?? html;
}

mangledNameTest(preact!, "state that is set while rendering", async () => {
  function Counter() {
    const [count, setCount] = useState(0);
    if (count < 3) setCount(count + 1);
    return <b>{count}</b>;
  }
  assert.equal(await render(() => <Counter />), "<b>3</b>");
});

mangledNameTest(preact!, "contexts", async () => {
  const Word = createContext("default");
  const Reader = () => <i>{useContext(Word)}</i>;
  const html = await render(() => (
    <>
      <Word.Provider value="given">
        <Reader />
        <Word.Consumer>{(word: string) => <b>{word}</b>}</Word.Consumer>
      </Word.Provider>
      <Reader />
      <Word.Consumer>{(word: string) => <b>{word}</b>}</Word.Consumer>
    </>
  ));
  assert.equal(html, "<i>given</i><b>given</b><i>default</i><b>default</b>");
});

mangledNameTest(preact!, "ids within a scope", async () => {
  const Id = () => <b id={useId()} />;
  const html = await render(() => (
    <>
      <Id />
      <Id />
    </>
  ));
  const ids = [...html.matchAll(/id="([^"]+)"/g)].map(([, id]) => id);
  assert.deepEqual(ids, ["Pp-0", "Pp-1"]);
});

mangledNameTest(preact!, "effects that do not run", async () => {
  let effects = 0;
  function Watcher() {
    useEffect(() => void effects++);
    useLayoutEffect(() => void effects++);
    return <b>seen</b>;
  }
  assert.equal(await render(() => <Watcher />), "<b>seen</b>");
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(effects, 0);
});

mangledNameTest(preact!, "hooks that belong to no component", () => {
  withoutEffects(() => {});
  assert.throws(() => useState(0));
});

mangledNameTest(preact!, "the state of class components", async () => {
  class Sum extends Component<{ start: number }, { sum: number }> {
    override componentWillMount() {
      this.setState({ sum: this.props.start });
      this.setState(({ sum }) => ({ sum: sum + 1 }));
    }
    override render() {
      return <b>{this.state.sum}</b>;
    }
  }
  assert.equal(await render(() => <Sum start={4} />), "<b>5</b>");
});

mangledNameTest(signals!, "signals that nobody watches after the render", async () => {
  let watchers = 0;
  const count = signal(7, { watched: () => void watchers++ });
  assert.equal(await render(() => <b>{count.value}</b>), "<b>7</b>");
  assert.equal(watchers, 0);
});
