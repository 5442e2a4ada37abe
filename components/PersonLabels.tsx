import { HiddenFields } from "@/components/HiddenFields.tsx";
import { Icon } from "@/components/Icon.tsx";
import { When } from "@/components/When.tsx";
import { actionOf, requestFields } from "@/lib/shared/actions.ts";
import { fieldAttributes } from "@/lib/shared/form.ts";
import { labelForm } from "@/lib/shared/user_forms.ts";
import { userPath } from "@/lib/shared/users.ts";
import type { NoteView } from "@/lib/shared/views.ts";

interface LabelsProps {
  readonly user: { readonly user_id: number; readonly username: string };
  /** The user for whom the forms were rendered. */
  readonly viewer_id: number;
}

/** The tags of a user, which only admins see. */
export function PersonTags(
  { user, viewer_id, tags }: LabelsProps & { readonly tags: readonly string[] },
) {
  const common = commonFields(user.user_id, viewer_id);
  return (
    <div class="person-tags">
      {tags.map((tag) => (
        <form key={tag} class="tag" method="post" action="/untag_user">
          <HiddenFields values={{ _method: "PUT", ...common, tag }} />
          <span dir="auto">{tag}</span>
          <button type="submit" class="tag-remove" title={`Remove the tag ${tag}`}>
            <Icon name="x-lg" />
            <span class="visually-hidden">{`Remove the tag ${tag}`}</span>
          </button>
        </form>
      ))}
      <form class="tag-add" method="post" action={actionOf("tag_user").route!.path}>
        <HiddenFields values={{ ...requestFields("tag_user"), ...common }} />
        <label class="visually-hidden" for="tag">New tag</label>
        <input
          {...fieldAttributes("tag", labelForm.tag)}
          id="tag"
          class="form-control form-control-sm"
          placeholder="New tag"
          title={labelForm.tag.rule}
        />
        <button type="submit" class="btn btn-sm btn-quiet">Add tag</button>
      </form>
    </div>
  );
}

/** What admins have written about a user. */
export function PersonNotes(
  { user, viewer_id, notes }: LabelsProps & { readonly notes: readonly NoteView[] },
) {
  const common = commonFields(user.user_id, viewer_id);
  return (
    <section class="card mb-card">
      <div class="card-header">
        <h2>Notes</h2>
        <span class="text-body-secondary">Only admins see them</span>
      </div>
      <ul class="lines">
        {notes.map(({ note_id, author, text, at }) => (
          <li key={note_id}>
            <div class="line-text">
              <p class="note-text" dir="auto">{text}</p>
              <small class="text-body-secondary">
                <bdi>{author}</bdi>, <When at={at} precision="minute" />
              </small>
            </div>
            <form method="post" action="/remove_note">
              <HiddenFields values={{ _method: "PUT", ...common, note_id }} />
              <button type="submit" class="btn btn-sm btn-quiet">
                Remove<span class="visually-hidden">{` the note of ${author}`}</span>
              </button>
            </form>
          </li>
        ))}
      </ul>
      <form class="card-body note-form" method="post" action={actionOf("write_note").route!.path}>
        <HiddenFields values={{ ...requestFields("write_note"), ...common }} />
        <label class="visually-hidden" for="note">New note</label>
        <textarea
          {...fieldAttributes("note", labelForm.note)}
          id="note"
          class="form-control"
          rows={2}
          dir="auto"
          placeholder="New note"
        />
        <button type="submit" class="btn btn-quiet">Save note</button>
      </form>
    </section>
  );
}

function commonFields(user_id: number, viewer_id: number) {
  return { user_id, viewer_id, next: userPath(user_id) };
}
