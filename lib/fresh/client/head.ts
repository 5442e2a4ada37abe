import { type ComponentChildren, isValidElement, toChildArray, type VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Signal } from "@preact/signals";
import { isToldApartByHref } from "./link_kinds.ts";

type Props = Record<string, unknown>;

/**
 * Keeps the head of the document in line with the children, in the browser only. Elements that were created for the
 * children are removed with them. Elements that existed before stay.
 */
export function useHead(children: ComponentChildren): void {
  const entries = toChildArray(children).filter(isElement).map(resolve);
  const held = useRef<ReadonlySet<Element>>(new Set());
  const holdAll = (wanted: ReadonlySet<Element>) => {
    for (const element of wanted) changeHolders(element, 1);
    for (const element of held.current) changeHolders(element, -1);
    held.current = wanted;
  };
  useEffect(() => holdAll(new Set(entries.flatMap(applyEntry))));
  useEffect(() => () => holdAll(new Set()), []);
}

/** The number of `<Head>`s that use an element created for one of them. */
const holders = new WeakMap<Element, number>();

function changeHolders(element: Element, by: 1 | -1): void {
  const before = holders.get(element);
  if (before === undefined) return;
  holders.set(element, before + by);
  if (before + by === 0) element.remove();
}

/** An element for the head with the values of its signals. */
interface Entry {
  readonly tag: string;
  readonly key: string | undefined;
  readonly attributes: Record<string, string>;
  readonly text: string;
}

function isElement(child: unknown): child is VNode<Props> {
  return isValidElement(child) && typeof child.type === "string";
}

/** Reads every signal while the component renders, which subscribes the component to them. */
function resolve(vnode: VNode<Props>): Entry {
  const { children, dangerouslySetInnerHTML, ...props } = vnode.props;
  const attributes: Record<string, string> = {};
  for (const [name, prop] of Object.entries(props)) {
    const value = valueOf(prop);
    if (value === undefined || value === null || value === false) continue;
    attributes[name === "className" ? "class" : name] = value === true ? "" : String(value);
  }
  const key: unknown = vnode.key;
  const html = dangerouslySetInnerHTML as { __html: string } | undefined;
  return {
    tag: vnode.type as string,
    key: key === undefined || key === null ? undefined : String(key),
    attributes,
    text: html?.__html ?? textOf(children as ComponentChildren),
  };
}

function valueOf(prop: unknown): unknown {
  return prop instanceof Signal ? prop.value : prop;
}

function textOf(children: ComponentChildren): string {
  return toChildArray(children).map((child) => String(valueOf(child))).join("");
}

/** Applies an entry, and returns its element. There is none for the title. */
function applyEntry(entry: Entry): Element[] {
  if (entry.tag === "title") {
    document.title = entry.text;
    return [];
  }
  const element = existing(entry) ?? make(entry.tag);
  if (entry.key !== undefined) element.setAttribute("data-key", entry.key);
  for (const [name, value] of Object.entries(entry.attributes)) {
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  }
  if (element.textContent !== entry.text) element.textContent = entry.text;
  return [element];
}

function make(tag: string): Element {
  const element = document.head.appendChild(document.createElement(tag));
  holders.set(element, 0);
  return element;
}

/** Finds the element that an entry replaces. */
function existing(entry: Entry): Element | null | undefined {
  const { tag, key, attributes: { id, name, rel, property } } = entry;
  if (key !== undefined) return find(tag, "data-key", key);
  if (id !== undefined) return find(tag, "id", id);
  switch (tag) {
    case "meta":
      if (name !== undefined) return find(tag, "name", name);
      return property === undefined ? null : find(tag, "property", property);
    case "link":
      if (isToldApartByHref(rel)) return findSame(entry);
      return rel === undefined ? null : find(tag, "rel", rel);
    case "base":
      return document.head.querySelector(tag);
    default:
      return findSame(entry);
  }
}

/** Finds an element with the same content and at least the same attributes. */
function findSame({ tag, attributes, text }: Entry): Element | undefined {
  return [...document.head.querySelectorAll(tag)].find((element) =>
    element.textContent === text &&
    Object.entries(attributes).every(([name, value]) => element.getAttribute(name) === value)
  );
}

function find(tag: string, attribute: string, value: string): Element | null {
  return document.head.querySelector(`${tag}[${attribute}="${CSS.escape(value)}"]`);
}
