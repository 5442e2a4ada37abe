/** A temporary folder. Disposing it deletes it. */
export interface TempFolder extends AsyncDisposable {
  readonly path: string;
}

/** Creates an empty folder for the account `uid`, by default that of the test run. */
export async function tempFolder(
  owner?: { readonly uid: number; readonly gid: number },
): Promise<TempFolder> {
  const path = await Deno.makeTempDir({ prefix: "roster_test_" });
  if (owner) await Deno.chown(path, owner.uid, owner.gid);
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
