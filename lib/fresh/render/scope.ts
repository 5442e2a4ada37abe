import type { LayoutConfig, PageComponent, RenderConfig } from "../page_props.ts";

/** A layout as registered. */
export interface Layout {
  readonly component: PageComponent<never>;
  readonly config: LayoutConfig;
}

/** The wrappers in effect at one place of the application. */
export interface RenderScope {
  readonly appWrapper: PageComponent<never> | undefined;
  /** Outermost first. */
  readonly layouts: readonly Layout[];
}

/** Where nothing wraps a page. */
export const EMPTY_SCOPE: RenderScope = { appWrapper: undefined, layouts: [] };

/** What really wraps a page. */
export interface Wrappers {
  /** Innermost first. */
  readonly layouts: readonly PageComponent<never>[];
  readonly appWrapper: PageComponent<never> | undefined;
}

const NO_LAYOUTS: readonly PageComponent<never>[] = [];

/** The wrappers that really apply: the skip settings of layouts and of the page are obeyed. */
export function wrappersOf(scope: RenderScope, config: RenderConfig | undefined): Wrappers {
  let skipAppWrapper = config?.skipAppWrapper === true;
  let layouts = NO_LAYOUTS;
  if (scope.layouts.length > 0 && config?.skipInheritedLayouts !== true) {
    const applied: PageComponent<never>[] = [];
    for (const layout of scope.layouts.toReversed()) {
      applied.push(layout.component);
      skipAppWrapper ||= layout.config.skipAppWrapper === true;
      if (layout.config.skipInheritedLayouts === true) break;
    }
    layouts = applied;
  }
  return { layouts, appWrapper: skipAppWrapper ? undefined : scope.appWrapper };
}
