/** Visits every control by Tab and measures its focus ring on a picture. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { browserTest, type Stage } from "@/tests/kit/browser.ts";
import { findRingFaults, type Focused, pressTab, readFocused } from "./focus_ring.ts";
import { applyLook, type Look, unexpected, visitPlaces } from "./places.ts";

const FORCED: Look = { width: 1440, height: 900, colorScheme: "light", forcedColors: "active" };

function nameOf({ width, colorScheme, forcedColors }: Look): string {
  return `${width} px, ${forcedColors ? "forced colours" : colorScheme}`;
}

/** Far more controls than any page has. */
const MAX_PRESSES = 200;

/** Calls `look` with each control in Tab order until one repeats. */
async function walk(page: Page, look: (control: Focused) => Promise<void>): Promise<number> {
  const seen = new Set<string>();
  let strayed = 0;
  for (let presses = 0; presses < MAX_PRESSES && strayed < 2; presses++) {
    const control = await pressTab(page);
    if (!control) {
      strayed++;
      continue;
    }
    const place = JSON.stringify([control.id, control.box]);
    if (seen.has(place)) break;
    seen.add(place);
    await look(control);
  }
  return seen.size;
}

async function restart(page: Page): Promise<void> {
  await page.evaluate(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    getSelection()?.removeAllRanges();
    scrollTo(0, 0);
  });
}

/** A menu may cover what is behind it until Escape closes it. */
function isBehindMenu(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const menu = document.querySelector(":popover-open");
    return menu !== null && !menu.contains(document.activeElement);
  });
}

/** Lists the kinds of the controls that are shown. */
function listKinds(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll("a, button, input, select, textarea, summary, [tabindex]")]
      .filter((control) => control.checkVisibility())
      .map((control) => `${control.tagName} ${control.className}`)
  );
}

/**
 * Measures the ring of every control. Controls that all pages share are measured once per look. In
 * forced colours, rings differ by the kind of control only, and each kind is measured once.
 */
async function findFaults(stage: Stage): Promise<string[]> {
  const { page } = stage;
  const found: string[] = [];
  const measured = new Set<string>();
  const forcedKinds = new Set<string>();
  await visitPlaces(stage, async (place, looks) => {
    const kinds = await listKinds(page);
    const hasNewKind = kinds.some((kind) => !forcedKinds.has(kind));
    for (const look of hasNewKind ? [...looks, FORCED] : looks) {
      await applyLook(stage, look);
      await restart(page);
      const controls = await walk(page, async (control) => {
        const key = `${nameOf(look)} ${look === FORCED ? control.kind : control.id}`;
        if (measured.has(key) || await isBehindMenu(page)) return;
        measured.add(key);
        let complaints = await findRingFaults(page, control);
        // A control may still have moved. Only a lasting fault counts.
        if (complaints.length > 0) {
          complaints = await findRingFaults(page, await readFocused(page) ?? control);
        }
        found.push(...complaints.map((it) => `${place} (${nameOf(look)}), ${control.name}: ${it}`));
      });
      assert.ok(controls > 0, `${place} has controls`);
    }
    for (const kind of kinds) forcedKinds.add(kind);
    // Links of a page that loads in forced colours keep some of them.
    await applyLook(stage, looks[0]!);
  });
  assert.ok(measured.size > 150, `${measured.size} controls`);
  return found;
}

// Unlike the walk with axe, this one obeys the policy of pages.
browserTest(
  "pages obey their policy, and every control has a focus ring of 3:1 on both sides in all looks",
  async (stage) => {
    assert.deepEqual(await findFaults(stage), []);
    assert.deepEqual(unexpected(stage.faults), []);
  },
);
