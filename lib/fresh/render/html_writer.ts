import { type ComponentClass, Fragment, type FunctionComponent, h } from "preact";
import { jsxEscape } from "preact/jsx-runtime";
import { Signal } from "@preact/signals";
import type { Island } from "../build_cache.ts";
import { Slot, type SlotProps } from "../islands/slots.ts";
import { END_MARK, ISLAND_MARK, SLOT_ATTRIBUTE, SLOT_MARK } from "../islands/wire.ts";
import { Head } from "../runtime.ts";
import { attributesOf } from "./attributes.ts";
import { Cut, CutHtml } from "./document.ts";
import { contentOf, isSelected, isVoidElement, lockSources } from "./elements.ts";
import { hasKey } from "./head_entries.ts";
import type { PageState } from "./page_state.ts";
import {
  type Contexts,
  idScope,
  type InternalVNode,
  runComponent,
  type TemplateProps,
} from "../preact_internals.ts";

type Props = Record<string, unknown>;

/** Where elements of the head are written to. */
type HeadMode =
  /** To where they stand. */
  | "body"
  /** To the {@link PageState}, from inside a `<Head>`. */
  | "collected"
  /** To the head of the document, where elements of a `<Head>` may replace them. */
  | "head";

/**
 * Writes vnodes as HTML in one pass, and changes nothing in the tree except Preact's own fields. It writes the same as
 * `preact-render-to-string`, and adds what Fresh needs: islands, `<Head>`, nonces and build ids of assets.
 */
export class HtmlWriter extends CutHtml {
  readonly page: PageState;
  #contexts: Contexts;
  /** The component around the current node. */
  #parent: InternalVNode;
  #headMode: HeadMode;
  #insideIsland = false;
  #isSvg = false;
  /** The value of the `<select>` around the current node. */
  #selected: unknown = undefined;

  /** @param ids Scope of the ids of `useId()`, since each writer of a page counts from zero. */
  constructor(page: PageState, ids: string, headMode: HeadMode = "body", contexts: Contexts = {}) {
    super();
    this.page = page;
    this.#parent = idScope(ids);
    this.#headMode = headMode;
    this.#contexts = contexts;
  }

  /** Writes anything that a component may return. */
  write(node: unknown): void {
    switch (typeof node) {
      case "string":
        this.html += jsxEscape(node);
        break;
      case "number":
      case "bigint":
        this.html += node;
        break;
      case "object":
        if (node === null) return;
        if (Array.isArray(node)) {
          for (let i = 0; i < node.length; i++) this.write(node[i]);
        } else if (node.constructor === undefined) {
          this.#writeVNode(node as InternalVNode);
        }
    }
  }

  #writeVNode(vnode: InternalVNode): void {
    // To Preact, a signal is a vnode of a component that subscribes to it. Nothing changes here, so the value is enough.
    if (vnode instanceof Signal) return this.write(vnode.peek());
    const { type } = vnode;
    if (type === Fragment) {
      const { tpl, exprs, children } = vnode.props as TemplateProps;
      return tpl === undefined ? this.write(children) : this.#writeTemplate(tpl, exprs ?? []);
    }
    if (typeof type === "string") return this.#writeElement(vnode, type);
    if (typeof type === "function") return this.#writeComponent(vnode, type as FunctionComponent);
  }

  #writeTemplate(tpl: readonly string[], exprs: readonly unknown[]): void {
    this.html += tpl[0]!;
    for (let i = 0; i < exprs.length; i++) {
      this.#writeEscaped(exprs[i]);
      const html = tpl[i + 1];
      if (html !== undefined && html !== "") this.html += html;
    }
  }

  /** Writes an expression of a template, in which text is already escaped, also in lists. */
  #writeEscaped(value: unknown): void {
    if (typeof value === "string") this.html += value;
    else if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) this.#writeEscaped(value[i]);
    } else this.write(value);
  }

  #writeComponent(vnode: InternalVNode, type: FunctionComponent | ComponentClass): void {
    if (type === Head) return this.#collectHead(vnode.props.children);
    if (type === Slot) return this.#writeSlot(vnode.props as unknown as SlotProps);
    if (type === Inner) return this.append((vnode.props as unknown as InnerProps).writer);
    const island = this.#insideIsland ? undefined : this.page.islands?.find(type);
    return island === undefined
      ? this.#runComponent(vnode)
      : this.#writeIsland(vnode, type, island);
  }

  #runComponent(vnode: InternalVNode): void {
    const parent = this.#parent;
    const contexts = this.#contexts;
    const rendered = runComponent(vnode, parent, contexts);
    this.#parent = vnode;
    this.#contexts = rendered.contexts;
    this.write(rendered.children);
    this.#parent = parent;
    this.#contexts = contexts;
  }

  /** Writes an island between marks, by which the browser finds it. An island inside another is only a part of that. */
  #writeIsland(
    vnode: InternalVNode,
    type: FunctionComponent | ComponentClass,
    island: Island,
  ): void {
    const islands = this.page.islands!;
    const { number, plain, slots } = islands.add(island, vnode.props);
    const mark = `${ISLAND_MARK}${number}`;
    this.html += `<!--${mark}-->`;
    this.#inside(true, `i${number}`, h(type as FunctionComponent, { ...plain, ...slots }));
    for (const name in slots) this.#writeInert(slots[name]!.props);
    this.html += `<!--${END_MARK}${mark}-->`;
  }

  /** Writes JSX that an island was given and shows. In it, islands are hydrated by themselves again. */
  #writeSlot({ number, content }: SlotProps): void {
    const mark = `${SLOT_MARK}${number}`;
    this.page.islands!.shownSlots.add(number);
    this.html += `<!--${mark}-->`;
    this.#inside(false, `s${number}`, content);
    this.html += `<!--${END_MARK}${mark}-->`;
  }

  /** Writes JSX that an island does not show yet. */
  #writeInert({ number, content }: SlotProps): void {
    if (this.page.islands!.shownSlots.has(number)) return;
    this.html += `<template ${SLOT_ATTRIBUTE}="${number}">`;
    this.#inside(false, `s${number}`, content);
    this.html += "</template>";
  }

  #inside(island: boolean, ids: string, content: unknown): void {
    const parent = this.#parent;
    const insideIsland = this.#insideIsland;
    this.#parent = idScope(ids);
    this.#insideIsland = island;
    this.write(content);
    this.#parent = parent;
    this.#insideIsland = insideIsland;
  }

  #collectHead(children: unknown): void {
    const mode = this.#headMode;
    this.#headMode = "collected";
    this.write(children);
    this.#headMode = mode;
  }

  #writeElement(vnode: InternalVNode, type: string): void {
    switch (type) {
      case "html":
      case "head":
      case "body":
        return this.#writePart(vnode, type);
      case "title":
      case "meta":
      case "link":
      case "script":
      case "style":
      case "base":
      case "noscript":
      case "template":
        return this.#writeHeadElement(vnode, type);
      case "img":
      case "source":
        return this.#writeTags(type, lockSources(vnode.props));
      default:
        return this.#writeTags(type, vnode.props);
    }
  }

  #writePart({ props }: InternalVNode, type: "html" | "head" | "body"): void {
    this.html += `<${type}${attributesOf(type, props, false)}>`;
    switch (type) {
      case "html":
        this.cut(Cut.htmlOpen);
        this.write(props.children);
        this.cut(Cut.htmlClose);
        break;
      case "head":
        // Its content and end tag are written last, when every `<Head>` of the page is known.
        this.page.headContent = { children: props.children, contexts: this.#contexts };
        return this.cut(Cut.headClose);
      case "body":
        this.write(props.children);
        this.cut(Cut.bodyClose);
    }
    this.html += `</${type}>`;
  }

  #writeHeadElement(vnode: InternalVNode, type: string): void {
    const mode = this.#headMode;
    if (mode === "body") return this.#writeTags(type, this.#withNonce(type, vnode.props));
    const { head } = this.page;
    const before = this.html;
    const replacement = mode === "head" ? head.takeReplacement(vnode, type) : undefined;
    if (replacement !== undefined) {
      this.html += replacement;
      return;
    }
    // The browser finds the element by its key.
    const keyed = hasKey(vnode) ? { ...vnode.props, "data-key": String(vnode.key) } : vnode.props;
    if (mode === "collected") this.html = "";
    this.#headMode = "body";
    this.#writeTags(type, this.#withNonce(type, keyed));
    this.#headMode = mode;
    if (mode === "collected") {
      head.add(vnode, type, this.html);
      this.html = before;
    }
  }

  #withNonce(type: string, props: Props): Props {
    return (type === "script" || type === "style") && props.nonce === undefined
      ? { ...props, nonce: this.page.nonce.value }
      : props;
  }

  #writeTags(type: string, props: Props): void {
    const isVoid = isVoidElement(type);
    const isSvg = this.#isSvg || type === "svg";
    const selected = this.#selected;
    this.html += `<${type}${attributesOf(type, props, isSvg)}`;
    if (type === "option" && isSelected(props, selected)) this.html += " selected";
    if (isVoid) {
      this.html += "/>";
      return;
    }
    const { __html: html } = (props.dangerouslySetInnerHTML ?? {}) as { __html?: string };
    this.html += ">";
    if (html) {
      this.html += html;
    } else {
      const outerSvg = this.#isSvg;
      this.#isSvg = isSvg && type !== "foreignObject";
      if (type === "select") this.#selected = props.value ?? props.defaultValue;
      this.write(contentOf(type, props));
      this.#isSvg = outerSvg;
      this.#selected = selected;
    }
    this.html += `</${type}>`;
  }
}

/** Marks the place in a wrapper for what another writer has written. */
export function Inner(_props: InnerProps): null {
  return null;
}

/** Props of {@link Inner}. */
export interface InnerProps {
  readonly writer: HtmlWriter;
}
