/**
 * All that depends on the mangled names of Preact and of its signals, which they share with their own hooks and renderer.
 * `deno.lock` pins the versions, and the test beside this file names the one that changes a name.
 */

import {
  type Component,
  type ComponentChildren,
  type ComponentClass,
  Fragment,
  type FunctionComponent,
  options,
  type VNode,
} from "preact";

/** The context providers around a node by the id of their context. */
export type Contexts = Readonly<Record<string, { readonly props: { readonly value: unknown } }>>;

/** A vnode with its internal fields. */
export interface InternalVNode extends Omit<VNode<Record<string, unknown>>, "type"> {
  type: VNode["type"];
  /** The parent. `useId()` climbs up here until it finds {@link __m}. */
  __?: InternalVNode | null;
  /** The instance of the component. */
  __c?: object | null;
  /** The scope of the ids below, and their number. */
  __m?: [scope: string, count: number];
}

/** The props of a fragment that precompiled JSX makes: pieces of HTML, and the expressions between them. */
export interface TemplateProps {
  readonly tpl?: readonly string[];
  /** Text is already escaped, also inside lists. */
  readonly exprs?: readonly unknown[];
  readonly children?: ComponentChildren;
}

/** The component that gives a context its value. */
interface ContextProvider {
  readonly Provider: unknown;
  readonly __c: string;
}

/** A component with a context of its own, such as a `Consumer`. */
interface WithContextType {
  readonly contextType?: { readonly __c: string; readonly __: unknown };
}

/** The option hooks of Preact that concern a renderer. */
interface RenderOptions {
  /** Called before each component runs. The hooks that follow belong to its instance. */
  __r?: (vnode: InternalVNode) => void;
  /** Called after each node. */
  diffed?: (vnode: InternalVNode) => void;
  /** Whether effects are skipped. */
  __s?: boolean;
}

const renderOptions = options as RenderOptions;

/**
 * Makes `useId()` count from zero below a vnode, with `scope` in the ids. The server renders a page in several passes and
 * the browser hydrates each island by itself. Without this, ids would differ between the two and collide on the page.
 */
export function scopeIds<V extends VNode>(vnode: V, scope: string): V {
  return Object.assign(vnode, { __m: [scope, 0] });
}

/** Makes a parent for a tree that is written, to scope its ids like {@link scopeIds}. */
export function idScope(scope: string): InternalVNode {
  return { type: Fragment, props: { children: null }, key: null, __: null, __m: [scope, 0] };
}

/** How many times a component may set its own state while it renders. */
const MAX_RENDERS = 25;

/**
 * Replaces the effect by which the signals package renders a component again when a signal changes. On the server nothing
 * changes after the render, and such an effect costs more than most components. `S` is the mangled name of "start".
 */
const NO_UPDATER = { S: () => () => {} };

/** The instance of a function component, which holds the state of its hooks. */
class Instance {
  getChildContext: (() => Contexts) | undefined = undefined;
  /** A component that sets its own state is rendered again. */
  isDirty = true;
  readonly __$u = NO_UPDATER;

  constructor(
    readonly __v: InternalVNode,
    readonly props: object,
    readonly context: unknown,
  ) {}

  setState(): void {
    this.isDirty = true;
  }

  forceUpdate(): void {
    this.isDirty = true;
  }
}

/** The result of a component. */
export interface Rendered {
  readonly children: unknown;
  /** The contexts for {@link children}. */
  readonly contexts: Contexts;
}

const NO_COMPONENT: InternalVNode = {
  type: Fragment,
  props: { children: null },
  key: null,
  __c: null,
};

/** Calls a function that runs components. Their effects do not run, as in Preact's own server renderer. */
export function withoutEffects<T>(render: () => T): T {
  const before = renderOptions.__s ?? false;
  renderOptions.__s = true;
  try {
    return render();
  } finally {
    renderOptions.__s = before;
    // A hook that is called later belongs to no component.
    renderOptions.diffed?.(NO_COMPONENT);
  }
}

/** Runs the component of a vnode. To be called inside {@link withoutEffects}. */
export function runComponent(
  vnode: InternalVNode,
  parent: InternalVNode,
  contexts: Contexts,
): Rendered {
  const type = vnode.type as FunctionComponent | ComponentClass;
  vnode.__ = parent;
  if (isProvider(type)) return provide(type, vnode.props, contexts);
  const { contextType } = type as WithContextType;
  const context = contextType === undefined ? contexts : valueOf(contextType, contexts);
  const instance = vnode.__c = isClass(type)
    ? mount(vnode, type, context)
    : new Instance(vnode, vnode.props, context);
  const children = instance instanceof Instance
    ? runFunction(vnode, type as FunctionComponent, instance)
    : runMethod(vnode, instance);
  const own = instance.getChildContext?.();
  return { children, contexts: own === undefined ? contexts : { ...contexts, ...own } };
}

function isProvider(type: object): type is ContextProvider {
  return "Provider" in type && type.Provider === type;
}

/**
 * Does what a provider does, without its list of the components to render again: on the server the value never changes.
 * Together they would survive several collections of garbage, and nearly double what a small page costs.
 */
function provide(
  { __c: id }: ContextProvider,
  props: InternalVNode["props"],
  contexts: Contexts,
): Rendered {
  const provider = { props: { value: props.value }, sub: subscribeNothing };
  return { children: props.children, contexts: { ...contexts, [id]: provider } };
}

function subscribeNothing(): void {}

function valueOf(
  { __c: id, __: fallback }: Required<WithContextType>["contextType"],
  contexts: Contexts,
) {
  const provider = contexts[id];
  return provider === undefined ? fallback : provider.props.value;
}

function runFunction(vnode: InternalVNode, type: FunctionComponent, instance: Instance): unknown {
  let children: unknown;
  for (let renders = 0; instance.isDirty && renders < MAX_RENDERS; renders++) {
    instance.isDirty = false;
    renderOptions.__r?.(vnode);
    children = type.call(instance, vnode.props, instance.context);
  }
  return children;
}

/** The instance of a class component with its internal fields. */
type ClassInstance = Component & {
  __v: InternalVNode;
  __$u: typeof NO_UPDATER;
  /** The state after the next render. */
  __s: object | null | undefined;
};

function isClass(type: FunctionComponent | ComponentClass): type is ComponentClass {
  return typeof type.prototype?.render === "function";
}

function mount(vnode: InternalVNode, type: ComponentClass, context: unknown): ClassInstance {
  const instance = new type(vnode.props, context) as ClassInstance;
  Object.assign(instance, {
    __v: vnode,
    props: vnode.props,
    context,
    __$u: NO_UPDATER,
  });
  instance.state ??= {};
  instance.__s ??= instance.state;
  if (type.getDerivedStateFromProps !== undefined) {
    const derived = type.getDerivedStateFromProps(instance.props, instance.state);
    instance.state = { ...instance.state, ...derived };
  } else if (instance.componentWillMount !== undefined) {
    instance.componentWillMount();
    instance.state = instance.__s;
  }
  return instance;
}

function runMethod(vnode: InternalVNode, instance: ClassInstance): unknown {
  renderOptions.__r?.(vnode);
  return instance.render(instance.props, instance.state, instance.context);
}
