import { useContext } from "preact/hooks";
import { ViewedUser } from "@/components/ViewedUser.ts";
import { lifeInWords } from "@/lib/shared/one_time.ts";

/** Says on every page that an admin views as somebody else, and ends it. */
export function ViewingBar() {
  const viewer = useContext(ViewedUser);
  if (viewer?.viewing_minutes_left === undefined) return null;
  const { username, full_name, viewing_minutes_left } = viewer;
  return (
    <section class="viewing-bar" aria-label="Viewing as somebody else">
      <p>
        You are viewing as <bdi class="fw-bold">{full_name || username}</bdi>
        {full_name && <Parenthesis text={username} />}. {lifeInWords(viewing_minutes_left)} left.
      </p>
      <form method="post" action="/stop_viewing">
        <button type="submit" class="btn btn-sm">
          Stop <span class="visually-hidden">viewing</span>
        </button>
      </form>
    </section>
  );
}

function Parenthesis({ text }: { readonly text: string }) {
  return (
    <>
      {" ("}
      <bdi>{text}</bdi>
      {")"}
    </>
  );
}
