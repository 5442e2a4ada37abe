import assert from "node:assert/strict";
import {
  Component,
  type ComponentChildren,
  type ComponentType,
  createContext,
  Fragment,
  h,
  type VNode,
} from "preact";
import { useContext, useEffect, useId, useMemo, useReducer, useState } from "preact/hooks";
import { computed, signal, useComputed, useSignal } from "@preact/signals";
import { renderToString } from "preact-render-to-string";
import fc from "fast-check";
import { withoutEffects } from "../preact_internals.ts";
import { HtmlWriter } from "./html_writer.ts";
import { Nonce } from "./nonce.ts";
import { PageState } from "./page_state.ts";

type Props = Record<string, unknown>;

function htmlOf(node: unknown): string {
  const writer = new HtmlWriter(new PageState(undefined, "", new Nonce()), "p");
  withoutEffects(() => writer.write(node));
  return writer.html;
}

/** Preact's renderer leaves `=""` away: the same to a browser. */
function normal(html: string): string {
  return html.replaceAll('=""', "");
}

const texts = fc.oneof(fc.string(), fc.constantFrom('<&>"', "a'b", "ü…", ""));
const values = fc.oneof(texts, fc.integer(), fc.boolean(), fc.constantFrom(null, undefined, 0.5));
const objects = fc.constantFrom(new URL("http://x/y?z&a"), new Date(0), ["a", 1], { a: 1 });
const attributes = fc.dictionary(
  fc.constantFrom(
    "id",
    "class",
    "className",
    "htmlFor",
    "aria-label",
    "data-x",
    "draggable",
    "hidden",
    "value",
    "key",
    "bad name",
    "href",
  ),
  fc.oneof(values, objects),
  { maxKeys: 4 },
);
const styles = fc.dictionary(
  fc.constantFrom("color", "marginTop", "lineHeight", "WebkitMask", "--own"),
  fc.oneof(texts, fc.integer(), fc.constant(null)),
  { maxKeys: 2 },
);

function Box({ children }: { children?: ComponentChildren }) {
  const [name] = useState("box");
  // Not JSX: precompiled, it would change the list of children that it is given.
  return h("div", { title: name }, children);
}

const { node: trees } = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(values, fc.bigInt(), fc.constant(() => "never")),
    fc.array(tie("node"), { maxLength: 3 }),
    fc.tuple(
      fc.constantFrom("p", "span", "button", "svg", "a-b", "iframe"),
      attributes,
      styles,
      tie("node"),
    ).map(([type, props, style, child]) => h(type, { ...props, style } as Props, child as VNode)),
    fc.tuple(fc.constantFrom("input", "br"), attributes).map(([type, props]) =>
      h(type, props as Props)
    ),
    tie("node").map((child) => h(Box, null, child as VNode)),
    tie("node").map((child) => h("p", { onClick: () => {} }, child as VNode)),
    tie("node").map((child) => h(Fragment, null, child as VNode)),
  ),
}));

Deno.test("any tree is written as by Preact's own renderer", () => {
  fc.assert(
    fc.property(trees, (tree) => {
      assert.equal(normal(htmlOf(tree)), normal(renderToString(h(Fragment, null, tree as VNode))));
    }),
    { numRuns: 2000 },
  );
});

const Language = createContext("none");

function UsesContext() {
  return <i>{useContext(Language)}</i>;
}

function SetsOwnState() {
  const [count, setCount] = useState(0);
  const [sum, add] = useReducer((total: number, more: number) => total + more, 1);
  if (count < 3) {
    setCount(count + 1);
    add(10);
  }
  return <b>{count} {sum}</b>;
}

function UsesSignals() {
  const count = useSignal(2);
  const double = useComputed(() => count.value * 2);
  const same = useMemo(() => computed(() => double.value), []);
  return <b data-n={count} title={String(double.value)}>{count} {same}</b>;
}

class Counter extends Component<{ start: number }, { count: number }> {
  override state = { count: 0 };

  override componentWillMount() {
    this.setState({ count: this.props.start });
  }

  override render() {
    return <b>{this.state.count}</b>;
  }
}

class Derived extends Component<{ name: string }, { loud?: string }> {
  static override getDerivedStateFromProps({ name }: { name: string }) {
    return { loud: name.toUpperCase() };
  }

  override getChildContext() {
    return { loud: this.state.loud };
  }

  override render() {
    return (
      <>
        {this.state.loud} <ReadsContext />
      </>
    );
  }
}

function ReadsContext(_props: object, { loud }: { loud?: string }) {
  return <>{loud}</>;
}

const CASES: Record<string, () => unknown> = {
  "a component that sets its own state": () => <SetsOwnState />,
  "signals in hooks, attributes and text": () => <UsesSignals />,
  "a class with state": () => <Counter start={7} />,
  "a class with derived state and a context of the old kind": () => <Derived name="ada" />,
  "contexts, nested and beside each other": () => (
    <>
      <UsesContext />
      <Language.Provider value="en">
        <UsesContext />
        <Language.Provider value="de">
          <Language.Consumer>{(language) => <u>{language}</u>}</Language.Consumer>
        </Language.Provider>
        <UsesContext />
      </Language.Provider>
      <Language.Consumer>{(language) => <u>{language}</u>}</Language.Consumer>
    </>
  ),
  "default props": () => {
    const Named = ({ name }: { name?: string }) => <i>{name}</i>;
    (Named as ComponentType).defaultProps = { name: "default" } as Props;
    return <Named />;
  },
  "attributes of SVG": () =>
    h("svg", { viewBox: "0 0 1 1", className: "s" }, [
      h("use", { strokeWidth: 2, xlinkHref: "#a" }),
      h("path", { fillRule: "evenodd", clipPath: "url(#c)", d: "M0 0" }),
      h("foreignObject", null, h("input", { tabIndex: 1, readOnly: true })),
    ]),
  "HTML that is there already": () => h("p", { dangerouslySetInnerHTML: { __html: "<b>&</b>" } }),
  "attributes with other names": () =>
    h("form", { acceptCharset: "utf-8" }, [
      h("meter", { httpEquiv: "x" }),
      h("input", { defaultValue: 0, defaultChecked: true }),
      h("label", { htmlFor: "a", for: "b", className: "c" }),
    ]),
  "a textarea": () => h("div", null, [h("textarea", { value: "<a>" }), h("textarea", null, "b")]),
};

for (const [name, make] of Object.entries(CASES)) {
  Deno.test(`${name}: the same HTML as from Preact's own renderer`, () => {
    assert.equal(normal(htmlOf(make())), normal(renderToString(make() as VNode)));
  });
}

Deno.test("the option with the value of its select is selected", () => {
  const option = (value: string) => h("option", { value }, value);
  const html = htmlOf(
    h("select", { value: "b" }, [option("a"), h("optgroup", null, option("b"))]),
  );
  assert.equal(
    html,
    '<select><option value="a">a</option><optgroup><option value="b" selected>b</option>' +
      "</optgroup></select>",
  );
});

Deno.test("text in a list is escaped once", () => {
  // Preact's own renderer escapes it twice where the list stands in precompiled JSX.
  function Frame({ children }: { children: ComponentChildren }) {
    return <div>{children}</div>;
  }
  const name = "Fish & <chips>";
  assert.equal(htmlOf(<Frame>Say {name}!</Frame>), "<div>Say Fish &amp; &lt;chips>!</div>");
  assert.equal(htmlOf(<p>{[name, [name]]}</p>), `<p>${"Fish &amp; &lt;chips>".repeat(2)}</p>`);
});

Deno.test("after a render, no effect runs and hooks belong to no component", () => {
  const count = signal(0);
  let runs = 0;
  function Watches() {
    useEffect(() => void runs++);
    return <b>{count.value}</b>;
  }
  assert.equal(htmlOf(<Watches />), "<b>0</b>");
  count.value = 1;
  assert.equal(runs, 0);
  assert.throws(() => useId());
});

Deno.test("a component that throws does not affect the next render", () => {
  function Fails(): VNode {
    useId();
    throw new Error("broken");
  }
  assert.throws(() => htmlOf(<Fails />), /broken/);
  assert.equal(htmlOf(<UsesContext />), "<i>none</i>");
});

Deno.test("an invalid name of an element is an error", () => {
  assert.throws(() => htmlOf(h("p onclick=x", null)), /not a name of an element/);
});
