/** Returns the name of the deployment if the platform sets one. There, an application cannot build itself. */
export function deploymentId(): string | undefined {
  return Deno.env.get("DENO_DEPLOYMENT_ID");
}
