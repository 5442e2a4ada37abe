/** Length of the kernel's clock ticks in `/proc`, the same on all current Linux systems. */
const SECONDS_PER_TICK = 0.01;

/** Positions of user and kernel time after the program's name: its own, and of children that ended. */
const OWN_TICKS = [11, 12] as const;
const ENDED_TICKS = [13, 14] as const;

/** Returns the processor time of a process and its threads so far. Linux only. */
export function processorSeconds(pid: number): number {
  return secondsOf(pid, OWN_TICKS);
}

function secondsOf(pid: number, positions: readonly number[]): number {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return positions.reduce((sum, position) => sum + Number(fields[position]), 0) * SECONDS_PER_TICK;
}

/**
 * Returns the processor time of a process and its children, such as those of a database server, also
 * of those that have ended.
 */
export function familySeconds(pid: number): number {
  const children = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`)
    .split(" ").filter(Boolean).map(Number);
  const ended = secondsOf(pid, ENDED_TICKS);
  return [pid, ...children].reduce((sum, member) => sum + secondsIfAlive(member), ended);
}

function secondsIfAlive(pid: number): number {
  try {
    return processorSeconds(pid);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}
