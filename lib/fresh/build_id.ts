/**
 * Names the running build in the URLs of assets. The server sets it when a build is attached to an application. In
 * browser bundles it is a constant.
 */
export let BUILD_ID = "development";

/** Sets {@link BUILD_ID}. */
export function setBuildId(buildId: string): void {
  BUILD_ID = buildId;
}
