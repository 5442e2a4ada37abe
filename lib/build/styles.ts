import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { compileStringAsync, type Deprecation } from "sass";

/** Deprecations in Bootstrap 5.3, which moves to Sass modules in its next major version. */
const BOOTSTRAP_S_OLD_WAYS: Deprecation["id"][] = [
  "import",
  "global-builtin",
  "color-functions",
  "if-function",
];

/**
 * Compiles a stylesheet, which may import from `styles/` and from npm packages.
 *
 * @param source Sass in SCSS syntax
 * @param root absolute path of the project
 */
export async function compileStyles(source: string, root: string): Promise<string> {
  const { css } = await compileStringAsync(source, {
    url: pathToFileURL(join(root, "static/app.css")),
    loadPaths: [join(root, "styles"), join(root, "node_modules")],
    style: "compressed",
    quietDeps: true,
    silenceDeprecations: BOOTSTRAP_S_OLD_WAYS,
  });
  return css;
}
