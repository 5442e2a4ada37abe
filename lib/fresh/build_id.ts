/**
 * Names the running build in asset URLs. A live binding: the server sets it when a build is attached to an application,
 * browser bundles have it replaced by the literal.
 */
export let BUILD_ID = "development";

/** Sets {@link BUILD_ID}. */
export function setBuildId(buildId: string): void {
  BUILD_ID = buildId;
}
