import { Fragment, h, options, type VNode } from "preact";
import { Signal } from "@preact/signals";
import { asset, assetSrcSet } from "../assets.ts";
import { Head } from "../runtime.ts";
import { HEAD_ELEMENTS, propsWithKey } from "./head_entries.ts";
import { currentRender, type RenderState } from "./state.ts";

/** The option hooks of Preact that its server renderer calls; `__b` is the mangled name of "before diff". */
interface RenderHooks {
  __b?: (vnode: VNode) => void;
  diffed?: (vnode: VNode) => void;
}

let installed = false;

/** Makes Preact report each node it renders. Repeated calls do nothing. */
export function installRenderHooks(): void {
  if (installed) return;
  installed = true;
  const hooks = options as RenderHooks;
  const { __b: before, diffed: after } = hooks;
  hooks.__b = (vnode) => {
    const state = currentRender();
    if (state !== undefined) beforeNode(vnode, state);
    before?.(vnode);
  };
  hooks.diffed = (vnode) => {
    const state = currentRender();
    if (state !== undefined && vnode.type === Head) state.headDepth--;
    after?.(vnode);
  };
  writeSignalsOnce();
}

/**
 * Makes a signal among the children a mere piece of text. The component that the signals' package has for it subscribes
 * the text to the signal, with two computed signals and an effect: on the server a text is written once, and that
 * component took half the time of a page with a counter.
 */
function writeSignalsOnce(): void {
  Object.defineProperties(Signal.prototype, {
    type: { value: Fragment, configurable: true },
    props: {
      get(this: Signal) {
        return { children: this.peek() };
      },
      configurable: true,
    },
  });
}

function beforeNode(vnode: VNode, state: RenderState): void {
  if (typeof vnode.type === "string") {
    beforeElement(vnode, vnode.type, state);
  } else if (vnode.type === Head) {
    state.headDepth++;
    // Precompiled templates are fragments, and most of a page.
  } else if (vnode.type !== Fragment) {
    state.islands?.before(vnode);
  }
}

function beforeElement(vnode: VNode, type: string, state: RenderState): void {
  switch (type) {
    case "html":
    case "body":
      state.wrote[type] = true;
      return;
    case "head":
      // Its content is rendered last, when every `<Head>` of the page is known.
      state.wrote.head = true;
      state.headContent = vnode.props.children;
      return state.rewrite(vnode, type, { ...vnode.props, children: h(HeadPlace, null) });
  }
  if (HEAD_ELEMENTS.has(type)) return beforeHeadElement(vnode, state);
  if (type === "img" || type === "source") lockSources(vnode, state);
}

/** Renders nothing in place of the head's content, but notes the contexts in which that is to be rendered. */
function HeadPlace(_props: object, context: object): null {
  currentRender()!.headContext = context;
  return null;
}

function beforeHeadElement(vnode: VNode, state: RenderState): void {
  if (state.headDepth > 0) {
    state.head.add(vnode);
    return state.rewrite(vnode, Fragment, {});
  }
  if (state.inHeadContent) {
    const element = state.head.takeReplacement(vnode);
    if (element !== undefined) {
      state.rewrite(vnode, element.type, element.props);
    } else if (vnode.key !== undefined && vnode.key !== null) {
      state.rewrite(vnode, vnode.type, propsWithKey(vnode));
    }
  }
  if (vnode.type === "script" || vnode.type === "style") addNonce(vnode, state);
}

function addNonce(vnode: VNode, state: RenderState): void {
  const props = vnode.props as Record<string, unknown>;
  if (props.nonce === undefined) {
    state.rewrite(vnode, vnode.type, { ...props, nonce: state.nonce.value });
  }
}

/** Ties the sources of an image to this build, so that they may be cached for ever. */
function lockSources(vnode: VNode, state: RenderState): void {
  const props = vnode.props as Record<string, unknown>;
  if ("data-fresh-disable-lock" in props) return;
  const { src, srcset, srcSet } = props;
  const locked = { ...props };
  if (typeof src === "string") locked.src = asset(src);
  if (typeof srcset === "string") locked.srcset = assetSrcSet(srcset);
  if (typeof srcSet === "string") locked.srcSet = assetSrcSet(srcSet);
  state.rewrite(vnode, vnode.type, locked);
}
