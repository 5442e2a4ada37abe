/** What Preact keeps under mangled names, which it shares with its hooks and its own server renderer. */

import { type ComponentChildren, options, type VNode } from "preact";

/** The context providers around a node, by the id of their context. */
export type Contexts = Readonly<Record<string, { readonly props: { readonly value: unknown } }>>;

/** A vnode, seen from inside. */
export interface InternalVNode extends Omit<VNode<Record<string, unknown>>, "type"> {
  type: VNode["type"];
  /** The parent. `useId()` climbs up here in search of {@link __m}. */
  __?: InternalVNode | null;
  /** The instance of the component. */
  __c?: object | null;
  /** Scope of the ids below, and how many there are. */
  __m?: [scope: string, count: number];
}

/** The props that precompiled JSX gives to a fragment: HTML, and what stands between. */
export interface TemplateProps {
  readonly tpl?: readonly string[];
  /** Text is escaped already, also inside lists. */
  readonly exprs?: readonly unknown[];
  readonly children?: ComponentChildren;
}

/** Something with a context of its own, such as a `Consumer`. */
export interface WithContextType {
  readonly contextType?: { readonly __c: string; readonly __: unknown };
}

/** The option hooks of Preact that concern a renderer. */
export interface RenderOptions {
  /** Called before each component is run: hooks that are called now are those of its instance. */
  __r?: (vnode: InternalVNode) => void;
  /** Called after each node. */
  diffed?: (vnode: InternalVNode) => void;
  /** Whether effects are skipped. */
  __s?: boolean;
}

export const renderOptions = options as RenderOptions;
