import type { Db, Tx } from "@/lib/db/database.ts";
import {
  countNotesOfUser,
  deleteNoteOfUser,
  insertUserNotes,
  listNotesOfUsers,
  type UserNote,
} from "@/lib/repo/user_notes.ts";
import {
  deleteTagOfUsers,
  findTagged,
  insertUserTags,
  listTagsOfUsers,
} from "@/lib/repo/user_tags.ts";
import type { User } from "@/lib/repo/users.ts";
import type { ActionInput } from "@/lib/shared/actions.ts";
import { NOTES_MAX, TAGS_MAX } from "@/lib/shared/limits.ts";
import type { NoteView } from "@/lib/shared/views.ts";
import { type Actor, isOfUser } from "@/lib/domain/actor.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import { allChanged, type Change, changeUsers, idsOf } from "./change_user.ts";

/** Adds a tag to users who do not have it, unless they have too many. */
export const tagUsers = changeUsers("tag_user", async (tx, users, { tag }) => {
  const [tagged, full] = await findTagged(tx, idsOf(users), { tag, max: TAGS_MAX });
  const others = users.filter(({ id }) => !tagged.has(id));
  const free = others.filter(({ id }) => !full.has(id));
  await insertUserTags(tx, free.map(({ id }) => ({ user_id: id, tag })));
  const refused = others.filter(({ id }) => full.has(id));
  return new Map([
    ...allChanged(free, { details: { tag } }),
    ...allChanged(refused, new DomainError("too_many_tags")),
  ]);
});

/** Removes a tag from users. */
export const untagUsers = changeUsers("untag_user", async (tx, users, { tag }) => {
  const untagged = await deleteTagOfUsers(tx, idsOf(users), tag);
  return allChanged(untagged.map((id) => ({ id })), { details: { tag } });
});

/** Writes a note about a user whom the transaction has locked. @throws {DomainError} `too_many_notes` */
export async function writeNote(
  tx: Tx,
  { id }: User,
  { note }: ActionInput<"write_note">,
  actor: Actor,
): Promise<Change> {
  if (await countNotesOfUser(tx, id) >= NOTES_MAX) throw new DomainError("too_many_notes");
  const author_id = isOfUser(actor) ? actor.userId : null;
  await insertUserNotes(tx, [{ user_id: id, author_id, text: note }]);
  return "changed";
}

/** Removes a note about a user. @throws {DomainError} `note_not_found` */
export async function removeNote(
  tx: Tx,
  { id }: User,
  { note_id }: ActionInput<"remove_note">,
): Promise<Change> {
  if (!await deleteNoteOfUser(tx, id, note_id)) throw new DomainError("note_not_found");
  return "changed";
}

/** What admins have written about a user, as a snapshot keeps it. */
export interface Labels {
  readonly tags: readonly string[];
  /** Oldest first. */
  readonly notes: readonly { author_id: number | null; text: string; at: Date | string }[];
}

/** Reads what admins have written about users. */
export async function labelsOf(
  db: Db,
  userIds: readonly number[],
): Promise<ReadonlyMap<number, Labels>> {
  const tags = Map.groupBy(await listTagsOfUsers(db, userIds), ({ user_id }) => user_id);
  const notes = Map.groupBy(await listNotesOfUsers(db, userIds), ({ user_id }) => user_id);
  return new Map(userIds.map((id) => [id, {
    tags: (tags.get(id) ?? []).map(({ tag }) => tag),
    notes: (notes.get(id) ?? []).map(({ author_id, text, at }) => ({ author_id, text, at })),
  }]));
}

/** Writes it again about users who are restored. */
export async function restoreLabels(
  tx: Tx,
  users: readonly { readonly id: number; readonly labels: Labels }[],
): Promise<void> {
  await insertUserTags(
    tx,
    users.flatMap(({ id, labels: { tags } }) => tags.map((tag) => ({ user_id: id, tag }))),
  );
  await insertUserNotes(
    tx,
    users.flatMap(({ id, labels: { notes } }) =>
      notes.map((note) => ({ ...note, at: new Date(note.at), user_id: id }))
    ),
  );
}

/** Returns a note as admins see it. */
export function noteView({ id, author_id, author, text, at }: UserNote): NoteView {
  return {
    note_id: id,
    author: author ?? (author_id === null ? "an operator" : `user ${author_id}`),
    text,
    at: at.toISOString(),
  };
}
