/** Length of the kernel's clock ticks in `/proc`, the same on every Linux of today. */
const SECONDS_PER_TICK = 0.01;

/** Places of the times in user and in kernel mode after the name of the program. */
const USER_TICKS = 11;
const KERNEL_TICKS = 12;

/** What a process and all its threads have used of the processor so far. Linux alone tells it. */
export function processorSeconds(pid: number): number {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[USER_TICKS]) + Number(fields[KERNEL_TICKS])) * SECONDS_PER_TICK;
}

/** The same of a process and those that it has started, as a database server does. */
export function familySeconds(pid: number): number {
  const children = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`)
    .split(" ").filter(Boolean).map(Number);
  return [pid, ...children].reduce((sum, member) => sum + secondsIfAlive(member), 0);
}

function secondsIfAlive(pid: number): number {
  try {
    return processorSeconds(pid);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}
