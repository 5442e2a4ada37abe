/** Code that runs on the server and in islands. */
import type { ComponentChildren, JSX } from "preact";

export declare const IS_BROWSER: boolean;
export declare function asset(path: string): string;
export declare function assetSrcSet(srcset: string): string;
export declare function Head(props: { children?: ComponentChildren }): JSX.Element;
