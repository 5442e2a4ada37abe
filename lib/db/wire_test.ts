import assert from "node:assert/strict";
import fc from "fast-check";
import {
  errorMessage,
  join,
  lastWords,
  MessageReader,
  queryMessage,
  startsCopy,
  stateAfter,
  SYNC_MESSAGE,
} from "./wire.ts";

/** Splits `bytes` at the places `cuts`, as a connection might. */
function streamOf(bytes: Uint8Array, cuts: readonly number[]): ReadableStream<Uint8Array> {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length]
    .sort((a, b) => a - b);
  return ReadableStream.from(places.slice(1).map((end, index) => bytes.slice(places[index], end)));
}

function startMessage(code: number, length = 8): Uint8Array {
  const bytes = new Uint8Array(length);
  new DataView(bytes.buffer).setUint32(0, length);
  new DataView(bytes.buffer).setUint32(4, code);
  return bytes;
}

Deno.test("MessageReader finds the messages wherever the connection cuts them", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string()), fc.array(fc.nat()), async (queries, cuts) => {
      const messages = [...queries.map(queryMessage), SYNC_MESSAGE];
      const reader = new MessageReader(streamOf(join(messages), cuts));
      for (const message of messages) assert.deepEqual(await reader.readMessage(), message);
      assert.equal(await reader.readMessage(), undefined);
    }),
  );
});

Deno.test("MessageReader tells the openings of a client apart", async () => {
  const openings = [startMessage(80877103), startMessage(80877104), startMessage(196608, 40)];
  const reader = new MessageReader(streamOf(join([...openings, SYNC_MESSAGE]), [3, 9]));
  assert.equal(await reader.readOpening(), "encryption");
  assert.equal(await reader.readOpening(), "encryption");
  assert.equal(await reader.readOpening(), "start");
  assert.deepEqual(await reader.readMessage(), SYNC_MESSAGE);
  assert.equal(await reader.readOpening(), undefined);
});

Deno.test("MessageReader does not wait for a message of an absurd length", async () => {
  const bytes = new TextEncoder().encode("GET / HTTP/1.1\r\n");
  await assert.rejects(new MessageReader(streamOf(bytes, [])).readMessage(), RangeError);
});

Deno.test("stateAfter() reads the state only at the end of an answer", () => {
  const ready = (state: string) => [90, 0, 0, 0, 5, state.charCodeAt(0)];
  assert.equal(stateAfter(new Uint8Array([1, 2, ...ready("I")])), "idle");
  assert.equal(stateAfter(new Uint8Array(ready("T"))), "open");
  assert.equal(stateAfter(new Uint8Array(ready("E"))), "open");
  assert.equal(stateAfter(new Uint8Array([...ready("I"), 0])), undefined);
  assert.equal(stateAfter(new Uint8Array()), undefined);
});

Deno.test("readSeries() gathers the messages that are answered together, up to a goodbye", async () => {
  const bind = new Uint8Array([66, 0, 0, 0, 4]);
  const goodbye = new Uint8Array([88, 0, 0, 0, 4]);
  const messages = [bind, bind, SYNC_MESSAGE, queryMessage("select 1"), bind, goodbye];
  const reader = new MessageReader(streamOf(join(messages), [1, 7]));
  assert.deepEqual(await reader.readSeries(), [bind, bind, SYNC_MESSAGE]);
  assert.deepEqual(await reader.readSeries(), [queryMessage("select 1")]);
  assert.equal(await reader.readSeries(), undefined);
});

Deno.test("lastWords() are those of a database that stops, not of a statement that fails", () => {
  const failure = errorMessage("ERROR", "53100", "No space left on device");
  const crash = errorMessage("FATAL", "53100", "No space left on device");
  assert.equal(lastWords(join([failure, SYNC_MESSAGE])), undefined);
  assert.equal(lastWords(join([SYNC_MESSAGE, failure, crash])), "No space left on device");
  assert.equal(lastWords(new Uint8Array()), undefined);
});

Deno.test("startsCopy() sees a COPY from the client and no other statement", () => {
  for (const sql of ["copy t from stdin", "select 1;\nCOPY t (a, b)\nFROM STDIN csv"]) {
    assert.equal(startsCopy(queryMessage(sql)), true, sql);
  }
  for (const sql of ["copy t to stdout", "select 'copy' from stdin", "copy t from '/x'"]) {
    assert.equal(startsCopy(queryMessage(sql)), false, sql);
  }
});
