/** The name of the deployment on a platform that sets one; there, an application cannot build itself. */
export function deploymentId(): string | undefined {
  return Deno.env.get("DENO_DEPLOYMENT_ID");
}
