import type { LayoutConfig, PageComponent, RenderConfig } from "../page_props.ts";

/** A layout as it was registered. */
export interface Layout {
  readonly component: PageComponent<never>;
  readonly config: LayoutConfig;
}

/** The app wrapper and the layouts at one place of the application. */
export interface Wrappers {
  readonly appWrapper: PageComponent<never> | undefined;
  /** Outermost first. */
  readonly layouts: readonly Layout[];
}

/** No wrappers at all. */
export const NO_WRAPPERS: Wrappers = { appWrapper: undefined, layouts: [] };

/**
 * Applies the skip settings of layouts and of a page.
 *
 * @returns The components that wrap the page, innermost first, and the app wrapper.
 */
export function withoutSkipped(wrappers: Wrappers, config: RenderConfig = {}) {
  const layouts: PageComponent<never>[] = [];
  let { skipAppWrapper, skipInheritedLayouts } = config;
  for (const layout of wrappers.layouts.toReversed()) {
    if (skipInheritedLayouts) break;
    layouts.push(layout.component);
    skipAppWrapper ||= layout.config.skipAppWrapper;
    skipInheritedLayouts = layout.config.skipInheritedLayouts;
  }
  return { layouts, appWrapper: skipAppWrapper ? undefined : wrappers.appWrapper };
}
