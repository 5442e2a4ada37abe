import { Alert } from "@/components/Alert.tsx";
import { HiddenFields } from "@/components/HiddenFields.tsx";
import { When } from "@/components/When.tsx";
import type { BackupsView } from "@/lib/shared/operation_views.ts";

/** The backups that the server makes, and a button for one now. */
export function Backups(
  { view, viewer_id }: { readonly view: BackupsView; readonly viewer_id: number },
) {
  const { folder, files, problem } = view;
  return (
    <section class="card mb-card">
      <div class="card-header">
        <h2>Backups</h2>
        {folder !== null && (
          <form method="post" action="/settings">
            <HiddenFields values={{ _method: "PUT", viewer_id }} />
            <button type="submit" class="btn btn-quiet btn-sm">Back up now</button>
          </form>
        )}
      </div>
      <div class="card-body">
        {problem !== null && (
          <Alert kind={folder === null ? "info" : "error"}>
            {folder === null ? `The server makes no backups: ${problem}.` : `${problem}.`}
          </Alert>
        )}
        {folder !== null && <State view={view} />}
      </div>
      <ul class="lines">
        {files.map(({ name, bytes, made_at }) => (
          <li key={name}>
            <div class="line-text">
              <code class="text-break">{name}</code>
              <small class="text-body-secondary">
                <When at={made_at} precision="minute" />
              </small>
            </div>
            <span class="tabular">{sizeOf(bytes)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function State({ view }: { readonly view: BackupsView }) {
  const { folder, kept, next_at, is_running, problem, last } = view;
  return (
    <p class="m-0">
      {is_running && <>A backup is being made. {" "}</>}
      {last === null ? !is_running && <>None was made yet. {" "}</> : problem === null && (
        <>
          The last one is whole: {NUMBER.format(last.users)} users,{" "}
          <When at={last.made_at} precision="minute" />. {last.missing_pictures > 0 && (
            <>
              {NUMBER.format(last.missing_pictures)} pictures were missing:{" "}
              <code>deno task sync-images</code> says whose.{" "}
            </>
          )}
        </>
      )}
      {next_at && (
        <>
          The next one begins <When at={next_at} precision="minute" />.{" "}
        </>
      )}
      The newest {kept} are kept in{" "}
      <code>{folder}</code>, for the server's account only. They contain password hashes, so no
      browser can load them.
    </p>
  );
}

const NUMBER = new Intl.NumberFormat("en-GB");

function sizeOf(bytes: number): string {
  const mebibytes = bytes / 1024 ** 2;
  return mebibytes < 1
    ? `${NUMBER.format(Math.ceil(bytes / 1024))} KiB`
    : `${NUMBER.format(Number(mebibytes.toPrecision(3)))} MiB`;
}
