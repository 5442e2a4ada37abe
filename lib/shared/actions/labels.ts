import type { Action } from "../action.ts";
import { labelForm } from "../user_forms.ts";

/** What admins write about users for each other. */
export const LABELS = {
  tag_user: {
    by: "admins",
    bulk: true,
    forAdmins: true,
    scope: "users:write",
    form: { tag: labelForm.tag },
    route: { method: "PUT", path: "/tag_user", page: true },
    ask: {
      title: "Tag {name}",
      text: "Admins can find users by their tags. {name} does not see them.",
      submit: "Add tag",
      harmless: true,
    },
    trail: "{actor} tagged {user}",
    done: { other: "{name} has this tag now.", own: "You have this tag now." },
    task: { name: "tag", words: ["tag"], help: "adds a tag", said: "{username} has this tag" },
  },
  untag_user: {
    by: "admins",
    bulk: true,
    forAdmins: true,
    scope: "users:write",
    form: { tag: labelForm.tag },
    route: { method: "PUT", path: "/untag_user" },
    trail: "{actor} removed a tag of {user}",
    done: { other: "The tag of {name} is removed.", own: "Your tag is removed." },
    task: {
      name: "untag",
      words: ["tag"],
      help: "removes a tag",
      said: "{username} does not have this tag",
    },
  },
  write_note: {
    by: "admins",
    forAdmins: true,
    scope: "users:write",
    form: { note: labelForm.note },
    route: { method: "PUT", path: "/write_note", page: true },
    ask: {
      title: "Note about {name}",
      text: "All admins can read it. {name} does not see it.",
      submit: "Save note",
      harmless: true,
    },
    trail: "{actor} wrote a note about {user}",
    done: { other: "The note about {name} is saved.", own: "The note is saved." },
    task: {
      name: "note",
      words: ["note"],
      help: "writes a note for admins",
      said: "The note about {username} is saved",
    },
  },
  remove_note: {
    by: "admins",
    forAdmins: true,
    scope: "users:write",
    form: { note_id: labelForm.note_id },
    route: { method: "PUT", path: "/remove_note" },
    trail: "{actor} removed a note about {user}",
    done: { other: "The note about {name} is removed.", own: "The note is removed." },
    task: {
      name: "remove-note",
      words: ["note_id"],
      help: "removes a note",
      said: "The note about {username} is removed",
    },
  },
} as const satisfies Readonly<Record<string, Action>>;
