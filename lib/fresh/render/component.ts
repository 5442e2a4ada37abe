import { type Component, type ComponentClass, Fragment, type FunctionComponent } from "preact";
import {
  type Contexts,
  type InternalVNode,
  renderOptions,
  type WithContextType,
} from "./preact_internals.ts";

/** How often a component may set its own state while it renders. */
const MAX_RENDERS = 25;

/**
 * Stands where the signals' package puts the effect that renders a component anew when a signal changes. Here nothing
 * changes after the render, and such an effect costs more than most components. `S` is the mangled name of "start".
 */
const NO_UPDATER = { S: () => stopTracking };

function stopTracking(): void {}

/** What a function component is called on, and what its hooks are kept in. The mangled names are Preact's. */
class Instance {
  getChildContext: (() => Contexts) | undefined = undefined;
  /** "Dirty": it has to be rendered; once more, where it sets its own state. */
  __d = true;
  readonly __$u = NO_UPDATER;
  /** Flags of the signals' package. */
  __$f = 0;

  constructor(
    readonly __v: InternalVNode,
    readonly props: object,
    readonly context: unknown,
  ) {}

  setState(): void {
    this.__d = true;
  }

  forceUpdate(): void {
    this.__d = true;
  }
}

/** What a component has rendered. */
export interface Rendered {
  readonly children: unknown;
  /** The contexts for {@link children}. */
  readonly contexts: Contexts;
}

/** Stands for no component. */
const NOWHERE: InternalVNode = {
  type: Fragment,
  props: { children: null },
  key: null,
  __c: null,
};

/** Runs components as Preact's own server renderer does: no effect runs. */
export function withoutEffects<T>(render: () => T): T {
  const before = renderOptions.__s ?? false;
  renderOptions.__s = true;
  try {
    return render();
  } finally {
    renderOptions.__s = before;
    // A hook that is called from now on belongs to no component.
    renderOptions.diffed?.(NOWHERE);
  }
}

/** Runs one component, inside {@link withoutEffects}. */
export function runComponent(
  vnode: InternalVNode,
  type: FunctionComponent | ComponentClass,
  contexts: Contexts,
): Rendered {
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

function valueOf(
  { __c: id, __: fallback }: Required<WithContextType>["contextType"],
  contexts: Contexts,
) {
  const provider = contexts[id];
  return provider === undefined ? fallback : provider.props.value;
}

function runFunction(vnode: InternalVNode, type: FunctionComponent, instance: Instance): unknown {
  let children: unknown;
  for (let renders = 0; instance.__d && renders < MAX_RENDERS; renders++) {
    instance.__d = false;
    renderOptions.__r?.(vnode);
    children = type.call(instance, vnode.props, instance.context);
  }
  return children;
}

/** A component that is a class, seen from inside. */
type ClassInstance = Component & {
  __v: InternalVNode;
  __d: boolean;
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
    // Dirty already: what it sets in its state schedules no render.
    __d: true,
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
