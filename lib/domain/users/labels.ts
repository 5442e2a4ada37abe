import type { Db, Tx } from "@/lib/db/database.ts";
import {
  countNotesOfUser,
  deleteNoteOfUser,
  insertUserNotes,
  listNotesOfUser,
} from "@/lib/repo/user_notes.ts";
import { deleteUserTag, insertUserTags, listTagsOfUser } from "@/lib/repo/user_tags.ts";
import type { User } from "@/lib/repo/users.ts";
import type { ActionInput } from "@/lib/shared/actions.ts";
import { NOTES_MAX, TAGS_MAX } from "@/lib/shared/limits.ts";
import type { NoteView } from "@/lib/shared/views.ts";
import { type Actor, isOfUser } from "@/lib/domain/actor.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import type { Change } from "./change_user.ts";

/** Adds a tag to a user whom the transaction has locked. @throws {DomainError} `too_many_tags` */
export async function addTag(
  tx: Tx,
  { id }: User,
  { tag }: ActionInput<"tag_user">,
): Promise<Change> {
  const tags = await listTagsOfUser(tx, id);
  if (tags.includes(tag)) return "unchanged";
  if (tags.length >= TAGS_MAX) throw new DomainError("too_many_tags");
  await insertUserTags(tx, id, [tag]);
  return { details: { tag } };
}

/** Removes a tag from a user. */
export async function removeTag(
  tx: Tx,
  { id }: User,
  { tag }: ActionInput<"untag_user">,
): Promise<Change> {
  return await deleteUserTag(tx, id, tag) ? { details: { tag } } : "unchanged";
}

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

/** Reads what admins have written about a user. */
export async function labelsOf(db: Db, userId: number): Promise<Labels> {
  const notes = await listNotesOfUser(db, userId);
  return {
    tags: await listTagsOfUser(db, userId),
    notes: notes.reverse().map(({ author_id, text, at }) => ({ author_id, text, at })),
  };
}

/** Writes it again about a user who is restored. */
export async function restoreLabels(
  tx: Tx,
  userId: number,
  { tags, notes }: Labels,
): Promise<void> {
  await insertUserTags(tx, userId, tags);
  await insertUserNotes(
    tx,
    notes.map((note) => ({ ...note, at: new Date(note.at), user_id: userId })),
  );
}

/** Lists the notes about a user, newest first, as admins see them. */
export async function listNoteViews(db: Db, userId: number): Promise<NoteView[]> {
  const notes = await listNotesOfUser(db, userId);
  return notes.map(({ id, author_id, author, text, at }) => ({
    note_id: id,
    author: author ?? (author_id === null ? "an operator" : `user ${author_id}`),
    text,
    at: at.toISOString(),
  }));
}
