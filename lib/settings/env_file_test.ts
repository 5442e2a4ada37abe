import assert from "node:assert/strict";
import { tempFolder } from "@/tests/kit/temp.ts";
import { readEnvFile } from "./env_file.ts";

/** What is read of a file with those bytes. */
async function read(bytes: Uint8Array) {
  await using folder = await tempFolder();
  const path = `${folder.path}/.env`;
  await Deno.writeFile(path, bytes);
  const { env, fault } = readEnvFile(path);
  return { env: { ...env }, fault: fault?.replace(path, ".env") };
}

const utf8 = (text: string) => new TextEncoder().encode(text);

function utf16(text: string, littleEndian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(text.length * 2));
  for (let at = 0; at < text.length; at++) {
    view.setUint16(at * 2, text.charCodeAt(at), littleEndian);
  }
  return new Uint8Array(view.buffer);
}

Deno.test("readEnvFile() reads the first line after a byte order mark, with any line ends", async () => {
  for (const end of ["\n", "\r\n", "\r"]) {
    for (const mark of ["", "\ufeff"]) {
      const text = `${mark}PORT=8001${end}# comment${end}export HOST="::1"${end}`;
      assert.deepEqual(await read(utf8(text)), {
        env: { PORT: "8001", HOST: "::1" },
        fault: undefined,
      });
    }
  }
});

Deno.test("readEnvFile() reports a file that is not UTF-8", async () => {
  const fault = ".env is no UTF-8 text: save it as UTF-8";
  for (const littleEndian of [true, false]) {
    for (const mark of ["", "\ufeff"]) {
      const bytes = utf16(`${mark}PORT=8001\r\n`, littleEndian);
      assert.deepEqual(await read(bytes), { env: {}, fault });
    }
  }
  assert.deepEqual(await read(Uint8Array.of(...utf8("PORT=8001\nMAIL_FROM="), 0xfc)), {
    env: {},
    fault,
  });
});

Deno.test("readEnvFile() reads nothing where there is no file, and tells of one it cannot open", async () => {
  await using folder = await tempFolder();
  assert.deepEqual(readEnvFile(`${folder.path}/.env`), { env: {} });
  assert.match(readEnvFile(folder.path).fault ?? "", /cannot be read/);
});
