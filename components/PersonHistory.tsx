import { AuditSentence } from "@/components/AuditSentence.tsx";
import { NewestFirst } from "@/components/NewestFirst.tsx";
import { UndoButton } from "@/components/UndoButton.tsx";
import { When } from "@/components/When.tsx";
import type { PersonView } from "@/lib/shared/person.ts";

interface PersonHistoryProps {
  readonly user_id: number;
  readonly history: PersonView["history"];
  /** The user for whom it was rendered. */
  readonly viewer_id: number;
}

const EMPTY = {
  icon: "clock-history",
  title: "Nothing has happened yet",
  text: "Sign-ins and changes of this user appear here.",
} as const;

/** Everything that happened to a user, newest first: sign-ins, changes by anybody, e-mails. */
export function PersonHistory({ user_id, history, viewer_id }: PersonHistoryProps) {
  const { events, next, previous } = history;
  return (
    <section id="history" class="person-history" aria-labelledby="history_title">
      <h2 id="history_title">History</h2>
      <NewestFirst
        path="/user"
        filter={{ user_id: String(user_id) }}
        next={next}
        previous={previous}
        empty={EMPTY}
      >
        {events.map((event) => (
          <li key={event.id}>
            <div class="line-text">
              <span>
                <AuditSentence event={event} />
                {event.remark !== null && (
                  <>
                    : <bdi>{event.remark}</bdi>
                  </>
                )}
              </span>
              <span class="text-body-secondary tabular">
                {[event.browser, event.ip].filter((part) => part !== null).join(", ")}
              </span>
            </div>
            {event.undo && (
              <UndoButton
                {...event.undo}
                viewer_id={viewer_id}
                next={`/user?user_id=${user_id}`}
                what={`entry ${event.id}`}
                look="btn-quiet"
              />
            )}
            <small class="text-body-secondary tabular">
              <When at={event.at} precision="minute" />
            </small>
          </li>
        ))}
      </NewestFirst>
    </section>
  );
}
