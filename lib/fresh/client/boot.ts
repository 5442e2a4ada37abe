/** The script of pages with islands: hydrates all of them. */

import { type ComponentType, hydrate } from "preact";
import { decodePayload } from "../islands/decode.ts";
import { type Payload, PAYLOAD_ID } from "../islands/wire.ts";
import { islandNumber } from "./markers.ts";
import { RangeParent } from "./range_parent.ts";
import { Reviver } from "./reviver.ts";

type Props = Record<string, unknown>;
type IslandModule = Record<string, ComponentType<Props>>;

/** Loads the islands of the page in one round, then hydrates them. */
async function boot({ chunks, islands }: Payload): Promise<void> {
  const modules = await Promise.all(chunks.map((url): Promise<IslandModule> => import(url)));
  const reviver = new Reviver(islands.map(([chunk, exportName, slots, props]) => ({
    name: `${exportName} of ${chunks[chunk]}`,
    component: modules[chunk]![exportName]!,
    props,
    slots,
  })));
  for (const start of islandStarts()) {
    // It is gone if it was in a slot of an island that has just been hydrated.
    if (start.isConnected) hydrateIsland(start, reviver);
  }
}

/** Lists the marks of all islands, outer ones first. Hydration changes the document, so they are collected before. */
function islandStarts(): Comment[] {
  const walker = document.createTreeWalker(document, NodeFilter.SHOW_COMMENT);
  const starts: Comment[] = [];
  while (walker.nextNode()) {
    const comment = walker.currentNode as Comment;
    if (islandNumber(comment) !== undefined) starts.push(comment);
  }
  return starts;
}

function hydrateIsland(start: Comment, reviver: Reviver): void {
  const number = islandNumber(start)!;
  const range = reviver.rangeOf(number, start);
  if (range === undefined) return;
  const vnode = reviver.island(number, range.nodes);
  const end = document.createTextNode("");
  range.end.replaceWith(end);
  start.remove();
  const parent = new RangeParent(range.nodes.filter((node) => node.isConnected), end);
  hydrate(vnode, parent as unknown as Element);
}

const data = document.getElementById(PAYLOAD_ID);
if (data !== null) boot(decodePayload(data.textContent!));
