import { Fragment, type VNode } from "preact";

/**
 * Makes `useId()` count anew below a vnode, with `scope` in the ids. The server renders a page in a few passes, the browser
 * hydrates each island alone: without this, ids would differ between the two and collide on the page. `__m` is where
 * Preact's hooks look for the scope.
 */
export function scopeIds<V extends VNode>(vnode: V, scope: string): V {
  return Object.assign(vnode, { __m: [scope, 0] });
}

/** A vnode that is there for no more than {@link scopeIds}: a parent of what is written. */
export function idScope(scope: string): VNode<Record<string, unknown>> & { __: null } {
  const vnode = { type: Fragment, props: {}, key: null, __: null };
  return scopeIds(vnode as unknown as VNode<Record<string, unknown>> & { __: null }, scope);
}
