import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { actionRoutes } from "@/lib/web/user_action.ts";

const ROOT = join(import.meta.dirname!, "../../routes");

/** Every method of every route, such as `GET /login`, in order. */
export async function allRoutes(): Promise<string[]> {
  const files = await readdir(ROOT, { recursive: true, withFileTypes: true });
  const routes = files.filter((file) => file.isFile() && !file.name.startsWith("_"))
    .map((file) => join(file.parentPath, file.name).slice(ROOT.length + 1));
  const inFiles = await Promise.all(routes.map(async (file) => {
    const { handler } = await import(`../../routes/${file}`);
    return methodsOf(handler).map((method) => `${method} ${pathOf(file)}`);
  }));
  const inTable = actionRoutes().flatMap(({ path, handlers }) =>
    methodsOf(handlers).map((method) => `${method} ${path}`)
  );
  return [...inFiles.flat(), ...inTable].sort();
}

/** `HEAD` is like `GET`, and `OPTIONS` only lists methods. */
const ANSWERED_BY_ALL: ReadonlySet<string> = new Set(["HEAD", "OPTIONS"]);

function methodsOf(handlers: object): string[] {
  return Object.keys(handlers).filter((method) => !ANSWERED_BY_ALL.has(method));
}

/** Returns the path of a route's file. */
function pathOf(file: string): string {
  return `/${file.replaceAll(/\([a-z]+\)\//g, "").replace(/\.tsx?$/, "").replace(/^index$/, "")}`;
}
