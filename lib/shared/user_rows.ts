/** The rows of the user list: where they are, and whom they show. */

/** Returns the URL of a row, whose id is `user_7`, so that a form returns to where it was sent. */
export function rowPath(
  listPath: string,
  user: { readonly user_id: number } | undefined,
): string {
  return user ? `${anyRowPath(listPath)}${user.user_id}` : listPath;
}

/** Returns the same for a form that serves all rows: without the id, which the server adds. */
export function anyRowPath(listPath: string): string {
  return `${listPath}#user_`;
}

/** Returns where a form about a user leads back to, unless its field `next` says so. */
export function usualReturn(user_id: number, viewer_id: number): string {
  return user_id === viewer_id ? "/profile" : rowPath("/user_list", { user_id });
}

/** Returns the username in the row that an element is in. It comes after the full name. */
export function usernameAt(element: Element): string {
  return element.closest("tr")!.querySelector(".person-names > :last-child")!.textContent;
}

/** Returns the row to look at when the one at `index` has gone. */
export function neighbourOf<Row>(rows: readonly Row[], index: number): Row | undefined {
  return rows[index + 1] ?? rows[index - 1];
}
