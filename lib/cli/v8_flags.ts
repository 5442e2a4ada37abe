/**
 * How V8 is to run in a server. With a worker a core there is no core left for helpers: scavenging
 * with threads of its own took a third of the processor time of a page, and gave nothing back.
 */
export const SERVER_V8_FLAGS = "--v8-flags=--no-parallel-scavenge";
