import { choice, optional, rowId, text, wholeNumber } from "./fields.ts";
import {
  CURSOR_MAX_CHARS,
  PAGE_SIZE_MAX,
  SEARCH_MAX_CHARS,
  VIEW_NAME_MAX_CHARS,
  VIEW_QUERY_MAX_CHARS,
} from "./limits.ts";
import { hiddenColumnFields, USER_DENSITIES, USER_SORTS, userFilterFields } from "./user_list.ts";

/** `GET /activity`, `GET /invitations` and `GET /emails`. */
export const idPageForm = {
  after: optional(rowId({ label: "after" })),
  before: optional(rowId({ label: "before" })),
};

/** `GET /admin`. */
export const dashboardForm = { by: optional(choice({ label: "By", options: ["day", "week"] })) };

/** The search box. Browsers paste lines as words, and others may send them. */
const search = text({ label: "Search", maxLength: SEARCH_MAX_CHARS });

/** `GET /user_list`. */
export const userListForm = {
  q: { ...search, read: (sent: string) => search.read(sent.replace(/\s+/g, " ")) },
  ...userFilterFields,
  sort: optional(choice({ label: "Sort", options: USER_SORTS })),
  density: optional(choice({ label: "Density", options: USER_DENSITIES })),
  ...hiddenColumnFields,
  limit: optional(wholeNumber({ label: "Limit", min: 1, max: PAGE_SIZE_MAX })),
  after: optional(text({ label: "After", maxLength: CURSOR_MAX_CHARS })),
  before: optional(text({ label: "Before", maxLength: CURSOR_MAX_CHARS })),
};

const viewQuery = text({ label: "query", maxLength: VIEW_QUERY_MAX_CHARS });

/** `GET /user_views`: the query to save, if one is. */
export const viewsForm = {
  query: { ...optional(viewQuery), read: (sent: string) => ({ value: sent || undefined }) },
};

/** `POST /user_views`. */
export const saveViewForm = {
  name: text({ label: "Name of the view", required: true, maxLength: VIEW_NAME_MAX_CHARS }),
  query: viewQuery,
};

/** `DELETE /user_views`. */
export const viewIdForm = { view_id: rowId({ label: "view_id" }) };

/** `GET /export_users`: which users, and in which order. */
export const exportChoiceForm = {
  q: userListForm.q,
  ...userFilterFields,
  sort: userListForm.sort,
};

/** `POST /export_users`. */
export const exportUsersForm = {
  ...exportChoiceForm,
  separator: optional(choice({ label: "Between cells", options: [",", ";"] })),
  bom: optional(choice({ label: "Begin with a byte order mark", options: ["1"] })),
};
