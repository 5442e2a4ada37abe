import project from "../../deno.json" with { type: "json" };

/** The version of this application. */
export const VERSION = project.version;
