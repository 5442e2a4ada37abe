import { type ComponentChildren, isValidElement, toChildArray, type VNode } from "preact";
import { useEffect } from "preact/hooks";

type Props = Record<string, unknown>;

/** Keeps the document's head as the children say, in the browser; on the server it does nothing. */
export function useHead(children: ComponentChildren): void {
  const entries = toChildArray(children).filter(isElement).map(resolve);
  useEffect(() => entries.forEach(applyEntry));
}

/** One element for the head, its signals read. */
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

/** The value of a signal, recognised by its shape: a page without signals need not load their code. */
function valueOf(prop: unknown): unknown {
  const isSignal = typeof prop === "object" && prop !== null && "peek" in prop && "value" in prop;
  return isSignal ? prop.value : prop;
}

function textOf(children: ComponentChildren): string {
  return toChildArray(children).map((child) => String(valueOf(child))).join("");
}

function applyEntry(entry: Entry): void {
  if (entry.tag === "title") {
    document.title = entry.text;
    return;
  }
  const element = existing(entry) ?? document.head.appendChild(document.createElement(entry.tag));
  if (entry.key !== undefined) element.setAttribute("data-key", entry.key);
  for (const [name, value] of Object.entries(entry.attributes)) {
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  }
  if (element.textContent !== entry.text) element.textContent = entry.text;
}

/** The element that the entry is another version of. */
function existing({ tag, key, attributes: { id, name, rel, property } }: Entry): Element | null {
  if (key !== undefined) return find(tag, "data-key", key);
  if (id !== undefined) return find(tag, "id", id);
  switch (tag) {
    case "meta":
      if (name !== undefined) return find(tag, "name", name);
      return property === undefined ? null : find(tag, "property", property);
    case "link":
      return rel === undefined ? null : find(tag, "rel", rel);
    case "base":
      return document.head.querySelector(tag);
    default:
      return null;
  }
}

function find(tag: string, attribute: string, value: string): Element | null {
  return document.head.querySelector(`${tag}[${attribute}="${CSS.escape(value)}"]`);
}
