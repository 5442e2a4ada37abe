import { runTask, type Task } from "@/lib/cli/task.ts";
import { makeSbom } from "@/lib/build/sbom.ts";

/** `deno task sbom` */
export const sbom: Task<Record<never, never>> = {
  name: "sbom",
  summary: "Writes the list of all packages as CycloneDX JSON to stdout.",
  usage: "",
  examples: ["sbom > sbom.cdx.json"],
  options: {},
  async run() {
    const { version } = JSON.parse(await Deno.readTextFile("deno.json"));
    console.log(JSON.stringify(makeSbom(await Deno.readTextFile("deno.lock"), version), null, 2));
  },
};

if (import.meta.main) Deno.exit(await runTask(sbom, Deno.args));
