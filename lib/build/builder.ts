import { Builder, type BuildOptions } from "fresh/dev";

/** The builder of this project: routes, islands, and the stylesheet from its Sass sources. */
export function createBuilder(options: BuildOptions = {}): Builder {
  const builder = new Builder(options);
  builder.onTransformStaticFile(
    { pluginName: "sass", filter: /(^|[\\/])app\.css$/ },
    async ({ text, root }) => {
      // Takes half a second to load, which only a build is to wait for.
      const { compileStyles } = await import("./styles.ts");
      return { content: await compileStyles(text, root) };
    },
  );
  return builder;
}
