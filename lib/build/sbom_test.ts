import assert from "node:assert/strict";
import { makeSbom } from "./sbom.ts";

const LOCK = await Deno.readTextFile("deno.lock");

Deno.test("the list of parts has every package of deno.lock with its checksum", () => {
  const { components } = makeSbom(LOCK, "1.0.0");
  const listed = new Set(components.map(({ name, version }) => `${name}@${version}`));
  for (const key of Object.keys(JSON.parse(LOCK).npm)) {
    assert.ok(listed.has(key.split("_")[0]!), key);
  }
  for (const { purl, hashes: [hash] } of components) {
    assert.match(purl, /^pkg:npm\/(%40[\w.-]+\/)?[\w.-]+@\d[\w.+-]*$/);
    assert.equal(hash?.alg, "SHA-512");
    assert.match(hash.content, /^[\da-f]{128}$/, purl);
  }
});

Deno.test("the list of parts names each once, and only parts that it lists", () => {
  const sbom = makeSbom(LOCK, "1.0.0");
  assert.deepEqual(
    [sbom.bomFormat, sbom.specVersion, sbom.version],
    ["CycloneDX", "1.6", 1],
  );
  const refs = sbom.components.map((component) => component["bom-ref"]);
  assert.equal(new Set(refs).size, refs.length);
  assert.deepEqual(sbom.dependencies.map(({ ref }) => ref), refs);
  for (const { dependsOn } of sbom.dependencies) {
    for (const ref of dependsOn) assert.ok(refs.includes(ref), ref);
  }
});

Deno.test("the list of parts knows which version a part depends on", () => {
  const { dependencies } = makeSbom(LOCK, "1.0.0");
  const pino = dependencies.find(({ ref }) => ref.startsWith("pkg:npm/pino@"))!;
  const pretty = dependencies.find(({ ref }) => ref.startsWith("pkg:npm/pino-pretty@"))!;
  const booms = [pino, pretty].map(({ dependsOn }) =>
    dependsOn.filter((ref) => ref.startsWith("pkg:npm/sonic-boom@"))
  );
  assert.ok(booms.every((refs) => refs.length === 1));
  assert.notDeepEqual(booms[0], booms[1]);
});
