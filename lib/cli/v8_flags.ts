/**
 * V8 flags of a server. With one worker per core no core is left for helper threads: on a busy
 * machine with two cores a page cost about 65 µs of processor time without them and 95 µs with
 * them.
 */
export const SERVER_V8_FLAGS = "--v8-flags=--no-parallel-scavenge";
