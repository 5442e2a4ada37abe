/** A folder of its own, gone when it is disposed. */
export interface TempFolder extends AsyncDisposable {
  readonly path: string;
}

/** Makes an empty folder that the account `uid` owns, which is the test run's own if absent. */
export async function tempFolder(
  owner?: { readonly uid: number; readonly gid: number },
): Promise<TempFolder> {
  const path = await Deno.makeTempDir({ prefix: "roster_test_" });
  if (owner) await Deno.chown(path, owner.uid, owner.gid);
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
