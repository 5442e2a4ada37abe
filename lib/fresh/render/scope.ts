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

/** The wrappers that really apply, innermost first: the skip settings of layouts and of the page are obeyed. */
export function wrappersOf(
  scope: RenderScope,
  config: RenderConfig | undefined,
): { layouts: PageComponent<never>[]; appWrapper: PageComponent<never> | undefined } {
  const layouts: PageComponent<never>[] = [];
  let skipAppWrapper = config?.skipAppWrapper === true;
  if (config?.skipInheritedLayouts !== true) {
    for (const layout of scope.layouts.toReversed()) {
      layouts.push(layout.component);
      skipAppWrapper ||= layout.config.skipAppWrapper === true;
      if (layout.config.skipInheritedLayouts === true) break;
    }
  }
  return { layouts, appWrapper: skipAppWrapper ? undefined : scope.appWrapper };
}
