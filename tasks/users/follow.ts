import { setTimeout as pause } from "node:timers/promises";

/** How often the progress is looked at. */
const PACE_MS = 500;

/**
 * Waits for work in the background, and shows in a terminal how far it is. This process does the work,
 * and so does a server that runs; if this process ends early, a server goes on with it.
 */
export async function follow<View>(
  look: () => Promise<View>,
  goesOn: (view: View) => boolean,
  progress: (view: View) => string,
): Promise<View> {
  let view = await look();
  while (goesOn(view)) {
    await pause(PACE_MS);
    view = await look();
    if (Deno.stderr.isTerminal()) {
      await Deno.stderr.write(new TextEncoder().encode(`\r${progress(view)} `));
    }
  }
  if (Deno.stderr.isTerminal()) console.error();
  return view;
}
