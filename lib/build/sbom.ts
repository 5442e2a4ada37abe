import { Buffer } from "node:buffer";

/** What `deno.lock` says of a package. */
interface LockedPackage {
  /** Algorithm and digest, as in `sha512-…`. */
  readonly integrity: string;
  readonly dependencies?: readonly string[];
  readonly optionalDependencies?: readonly string[];
}

/** The parts of `deno.lock` that are read here. */
interface Lock {
  readonly npm: Readonly<Record<string, LockedPackage>>;
}

/** A package of the list. */
interface Component {
  readonly "type": "library";
  readonly "bom-ref": string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly hashes: readonly { readonly alg: string; readonly content: string }[];
}

/** A list of parts, as CycloneDX has it. */
export interface Sbom {
  readonly bomFormat: "CycloneDX";
  readonly specVersion: "1.6";
  readonly version: 1;
  readonly metadata: {
    readonly component: {
      readonly "type": "application";
      readonly "bom-ref": string;
      readonly name: string;
      readonly version: string;
    };
  };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/**
 * Lists the packages that `deno.lock` pins. The same lock gives the same list.
 *
 * @param lock text of `deno.lock`
 * @param version of the application
 * @see https://cyclonedx.org/docs/1.6/json/
 */
export function makeSbom(lock: string, version: string): Sbom {
  const { npm }: Lock = JSON.parse(lock);
  const refs = new Map(Object.keys(npm).map((key) => [key, purlOf(key)]));
  const components = new Map<string, Component>();
  const dependencies = new Map<string, Set<string>>();
  for (const [key, locked] of Object.entries(npm)) {
    const ref = purlOf(key);
    // The same package may be there once for each set of its peers.
    components.set(ref, componentOf(key, locked));
    const dependsOn = dependencies.get(ref) ?? new Set<string>();
    for (const wanted of [...locked.dependencies ?? [], ...locked.optionalDependencies ?? []]) {
      const found = findLocked(refs, wanted);
      if (found) dependsOn.add(found);
    }
    dependencies.set(ref, dependsOn);
  }
  const application = { "type": "application", "bom-ref": "roster", name: "roster", version };
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: application as Sbom["metadata"]["component"] },
    components: [...components.values()],
    dependencies: [...dependencies].map(([ref, refs]) => ({ ref, dependsOn: [...refs].sort() })),
  };
}

function componentOf(key: string, { integrity }: LockedPackage): Component {
  const [name, version] = nameAndVersion(key);
  const [algorithm = "", digest = ""] = integrity.split("-");
  const alg = algorithm.toUpperCase().replace("SHA", "SHA-");
  const content = Buffer.from(digest, "base64").toString("hex");
  const purl = purlOf(key);
  return { type: "library", "bom-ref": purl, name, version, purl, hashes: [{ alg, content }] };
}

/** Of a key such as `@scope/name@1.2.3_peer@4.5.6`. */
function nameAndVersion(key: string): [name: string, version: string] {
  const at = key.indexOf("@", 1);
  return [key.slice(0, at), key.slice(at + 1).split("_")[0]!];
}

/** @see https://github.com/package-url/purl-spec */
function purlOf(key: string): string {
  const [name, version] = nameAndVersion(key);
  return `pkg:npm/${name.replace("@", "%40")}@${version}`;
}

/** A dependency has a version where several are locked. */
function findLocked(refs: ReadonlyMap<string, string>, wanted: string): string | undefined {
  const isMeant = wanted.includes("@", 1)
    ? (key: string) => key === wanted || key.startsWith(`${wanted}_`)
    : (key: string) => key.startsWith(`${wanted}@`);
  return [...refs].find(([key]) => isMeant(key))?.[1];
}
