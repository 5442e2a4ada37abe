import { Builder, type BuildOptions } from "fresh/dev";

/** Creates the builder of this project: routes, islands and the Sass stylesheet. */
export function createBuilder(options: BuildOptions = {}): Builder {
  const builder = new Builder(options);
  builder.onTransformStaticFile(
    { pluginName: "sass", filter: /(^|[\\/])app\.css$/ },
    async ({ text, root }) => {
      // Loading it takes half a second, which only a build needs.
      const { compileStyles } = await import("./styles.ts");
      return { content: await compileStyles(text, root) };
    },
  );
  return builder;
}
