/**
 * How V8 is to run in a server. With a worker a core there is no core left for helpers: on a busy
 * machine of two cores a page cost about 65 µs of processor time without them and 95 µs with them.
 */
export const SERVER_V8_FLAGS = "--v8-flags=--no-parallel-scavenge";
