/** Length of the kernel's clock ticks in `/proc`, the same on all current Linux systems. */
const SECONDS_PER_TICK = 0.01;

/** Positions of user and kernel time after the program's name. */
const USER_TICKS = 11;
const KERNEL_TICKS = 12;

/** Returns the processor time of a process and its threads so far. Linux only. */
export function processorSeconds(pid: number): number {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[USER_TICKS]) + Number(fields[KERNEL_TICKS])) * SECONDS_PER_TICK;
}

/** Returns the processor time of a process and its children, such as those of a database server. */
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
