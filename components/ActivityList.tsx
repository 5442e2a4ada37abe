import { HiddenFields } from "@/components/HiddenFields.tsx";
import { PageLinks } from "@/components/PageLinks.tsx";
import { UndoButton } from "@/components/UndoButton.tsx";
import { When } from "@/components/When.tsx";
import type { ActivityView } from "@/lib/shared/account_views.ts";

interface ActivityListProps {
  readonly view: ActivityView;
  /** The user for whom it was rendered. */
  readonly viewer_id: number;
  /** Path of the page, to return to. */
  readonly path: string;
}

/** What happened to the user's own account, newest first. */
export function ActivityList({ view, viewer_id, path }: ActivityListProps) {
  const { events, next, previous } = view;
  return (
    <section class="card">
      {events.length === 0 && <p class="card-body text-body-secondary m-0">Nothing to see here</p>}
      <ol class="lines">
        {events.map(({ id, at, text, browser, ip, undo }) => (
          <li key={id}>
            <div class="line-text">
              <strong>{text}</strong>
              <span class="text-body-secondary tabular">
                {[browser, ip].filter((part) => part !== null).join(", ")}
              </span>
            </div>
            {undo && (
              <UndoButton
                {...undo}
                viewer_id={viewer_id}
                next={path}
                what={text}
                look="btn-quiet"
              />
            )}
            <small class="text-body-secondary tabular">
              <When at={at} precision="minute" />
            </small>
          </li>
        ))}
      </ol>
      {(previous !== null || next !== null) && (
        <nav class="pager" aria-label="Pages">
          <span>Newest first</span>
          <PageLinks
            previous={previous === null ? null : `/activity?before=${previous}`}
            next={next === null ? null : `/activity?after=${next}`}
          />
        </nav>
      )}
    </section>
  );
}

interface DisownActivityProps {
  /** The user for whom the form was rendered. */
  readonly viewer_id: number;
}

/** The form of a user who does not recognise something in the list. */
export function DisownActivity({ viewer_id }: DisownActivityProps) {
  return (
    <form class="card card-body mb-card disown" method="post" action="/activity">
      <HiddenFields values={{ viewer_id }} />
      <p class="m-0">
        Is there something that you did not do? We then end all your other sessions and your API
        keys, forget the browsers that you have used, and ask you for a new password.
      </p>
      <button type="submit" class="btn btn-danger">This was not me</button>
    </form>
  );
}
