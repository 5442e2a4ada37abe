import { HiddenFields } from "@/components/HiddenFields.tsx";
import { When } from "@/components/When.tsx";
import type { TrustedBrowserView } from "@/lib/shared/account_views.ts";

interface TrustedBrowsersProps {
  readonly browsers: readonly TrustedBrowserView[];
  /** The user for whom the forms were rendered. */
  readonly viewer_id: number;
}

/** The browsers in which no code is asked for, each with a button that ends this. */
export function TrustedBrowsers({ browsers, viewer_id }: TrustedBrowsersProps) {
  return (
    <>
      <p>In these browsers your password alone signs you in.</p>
      <ul class="list-unstyled">
        {browsers.map(({ browser_id, browser, ip, trusted_until, current }) => (
          <li key={browser_id} class="d-flex align-items-center gap-2 mb-2">
            <span class="flex-grow-1">
              <strong>{browser}</strong>
              {current && " (this one)"}{" "}
              <small class="text-body-secondary">
                {ip}, until <When at={trusted_until} precision="day" />
              </small>
            </span>
            <form method="post" action="/security">
              <HiddenFields values={{ _method: "DELETE", browser_id, viewer_id }} />
              <button type="submit" class="btn btn-sm btn-quiet">
                End
                <span class="visually-hidden">{` the trust in ${browser}, ${ip}`}</span>
              </button>
            </form>
          </li>
        ))}
      </ul>
      {browsers.length > 1 && (
        <form method="post" action="/security">
          <HiddenFields values={{ _method: "DELETE", browsers: "all", viewer_id }} />
          <button type="submit" class="btn btn-quiet">End all</button>
        </form>
      )}
    </>
  );
}
