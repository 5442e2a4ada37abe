import { existsSync } from "node:fs";
import { TaskError, UsageError } from "@/lib/cli/errors.ts";
import { writeNewFile } from "@/lib/cli/new_file.ts";
import { refusedInput } from "@/lib/cli/refusal.ts";
import { csvLines } from "@/lib/csv.ts";
import {
  cancelImport,
  getImport,
  type ImportStep,
  readRefusedRows,
  stepImport,
  uploadImport,
} from "@/lib/domain/operation/user_imports.ts";
import type { Services } from "@/lib/domain/services.ts";
import { messageOf } from "@/lib/message_of.ts";
import { IMPORT_MAX_BYTES } from "@/lib/shared/limits.ts";
import type { ImportView } from "@/lib/shared/operation_views.ts";
import { IMPORT_FIELD_NAMES, type ImportColumns } from "@/lib/shared/user_import.ts";
import { type ActionInput, ACTOR } from "./action.ts";
import { follow } from "./follow.ts";
import { number } from "./text.ts";

/**
 * Adds and changes users as the rows of a CSV file say, as the page does: it checks all rows, asks, and
 * imports. If rows are refused, it imports the others and then fails.
 */
export async function importFile(
  { services, words: [path = ""], texts, dryRun, confirm }: ActionInput,
) {
  const refusedPath = texts.get("refused");
  if (refusedPath !== undefined && existsSync(refusedPath)) {
    throw new TaskError(`${refusedPath} exists: name another file`);
  }
  const uploaded = await uploadImport(services, ACTOR, await readFile(path));
  if (!uploaded.ok) throw refusedInput(uploaded.errors);
  const id = uploaded.value;
  let view: ImportView;
  try {
    view = await check(services, id, texts.get("columns"));
    if (!dryRun && changesAnything(view)) await confirm(`${planText(view)}. Do it?`);
  } catch (error) {
    await cancelImport(services, ACTOR, id);
    throw error;
  }
  if (!dryRun && changesAnything(view)) {
    view = await step(services, id, "start");
    if (texts.has("invite") && view.without_password > 0) view = await step(services, id, "invite");
  }
  if (refusedPath !== undefined && refusedIn(view) > 0) {
    await writeRefused(services, id, refusedPath);
  }
  if (dryRun) await cancelImport(services, ACTOR, id);
  const text = planText(view) + refusedText(view, refusedPath);
  if (!dryRun && refusedIn(view) > 0) throw new TaskError(text);
  return { text, json: view };
}

async function readFile(path: string): Promise<Uint8Array> {
  try {
    const { size } = await Deno.stat(path);
    if (size > IMPORT_MAX_BYTES) {
      throw new Error(`it has more than ${IMPORT_MAX_BYTES / 1024 / 1024} MiB: divide it`);
    }
    return await Deno.readFile(path);
  } catch (error) {
    throw new TaskError(`Cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
}

/** Finds out what would become of each row. */
async function check(services: Services, id: number, chosen = ""): Promise<ImportView> {
  const { header, columns } = await getImport(services, ACTOR, id);
  return await step(services, id, "check", chooseColumns(header, columns, chosen));
}

async function step(
  services: Services,
  id: number,
  step: ImportStep,
  columns: ImportColumns = {},
): Promise<ImportView> {
  const outcome = await stepImport(services, ACTOR, { id, step, columns });
  if (!outcome.ok) throw refusedInput(outcome.errors);
  return await follow(
    () => getImport(services, ACTOR, id),
    ({ state }) => GOES_ON.includes(state),
    ({ counts, total }) => `${number(total - waitingIn(counts))} of ${number(total)} rows`,
  );
}

/** States in which something is done in the background. */
const GOES_ON = ["checking", "running", "inviting"];

const sumOf = (counts: ImportView["counts"], outcomes: readonly string[]) =>
  outcomes.reduce((sum, outcome) => sum + (counts[outcome] ?? 0), 0);
const waitingIn = (counts: ImportView["counts"]) => sumOf(counts, ["unread", "new", "changed"]);
const refusedIn = ({ counts }: ImportView) => sumOf(counts, ["refused"]);
const changesAnything = ({ counts }: ImportView) => sumOf(counts, ["new", "changed"]) > 0;

/**
 * Returns the columns that were guessed, with the choices of the operator, such as
 * `email=Mail, username=3, role=`: a column by its name or number, or none.
 *
 * @throws {UsageError}
 */
function chooseColumns(
  header: readonly string[],
  guessed: ImportColumns,
  chosen: string,
): ImportColumns {
  const choices = new Map<string, number | undefined>();
  for (const choice of chosen.split(",").filter((choice) => choice.trim() !== "")) {
    const [field = "", ...rest] = choice.split("=");
    const name = rest.join("=").trim();
    if (rest.length === 0 || !IMPORT_FIELD_NAMES.some((known) => known === field.trim())) {
      throw new UsageError(
        `--columns: write FIELD=COLUMN instead of ${choice.trim()}, with one of the fields ` +
          IMPORT_FIELD_NAMES.join(", "),
      );
    }
    const named = header.indexOf(name);
    const index = named >= 0 ? named : Number(name) - 1;
    if (name !== "" && header[index] === undefined) {
      throw new UsageError(
        `--columns: the file has no column ${name}, only ${header.join(", ")}`,
      );
    }
    choices.set(field.trim(), name === "" ? undefined : index);
  }
  const taken = [...choices.values()];
  const kept = Object.entries(guessed).filter(([field, index]) =>
    !choices.has(field) && !taken.includes(index)
  );
  return Object.fromEntries([...kept, ...choices].filter(([, index]) => index !== undefined));
}

/** Says which columns are read, and what becomes of the rows. */
function planText({ header, columns, counts }: ImportView): string {
  const read = IMPORT_FIELD_NAMES.filter((field) => columns[field] !== undefined)
    .map((field) => `${field} from "${header[columns[field]!]}"`);
  const parts = OUTCOMES.filter(([outcome]) => counts[outcome])
    .map(([outcome, words]) => `${number(counts[outcome]!)} ${words}`);
  return `${read.join(", ")}: ${parts.join(", ")}`;
}

const OUTCOMES: readonly (readonly [outcome: string, words: string])[] = [
  ["new", "new"],
  ["changed", "to be changed"],
  ["added", "added"],
  ["updated", "changed"],
  ["same", "the same as here"],
  ["refused", "refused"],
];

/** Says which rows are refused: the first ones, or the file that has them. */
function refusedText(view: ImportView, path: string | undefined): string {
  if (refusedIn(view) === 0) return "";
  if (path !== undefined) {
    return `. The refused rows are in ${path}: mend them and import that file`;
  }
  const lines = view.samples.filter(({ outcome }) => outcome === "refused")
    .map(({ line, reason }) => `\n  line ${line}: ${reason}`);
  return `. --refused FILE writes the refused rows into a file.${lines.join("")}`;
}

async function writeRefused(services: Services, id: number, path: string): Promise<void> {
  const { header, rows } = await readRefusedRows(services, ACTOR, id);
  await writeNewFile(
    path,
    () => ReadableStream.from(csvLines(header, rows)).pipeThrough(new TextEncoderStream()),
  );
}
