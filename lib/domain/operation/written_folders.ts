import { dirname, resolve } from "node:path";
import { socketFolderOf } from "@/lib/db/socket_folder.ts";
import type { Settings } from "@/lib/settings.ts";

/**
 * Returns the folders that a server writes to: that of an embedded database with its lock and
 * socket, `.data` for e-mails without a mail server, and that of backups.
 */
export function writtenFolders(
  { database, smtp, backupFolder }: Pick<Settings, "database" | "smtp" | "backupFolder">,
): string[] {
  const folders = new Set(smtp ? [] : [".data"]);
  if (backupFolder !== undefined) folders.add(backupFolder);
  if (database.kind === "postgres" || database.path === "memory") return [...folders];
  const folder = dirname(database.path);
  const socket = socketFolderOf(database.path);
  folders.add(folder);
  if (dirname(socket) !== resolve(folder)) folders.add(socket);
  return [...folders];
}
