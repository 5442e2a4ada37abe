import { Client, FTPContext, FTPError, type FTPResponse } from "basic-ftp";
import {
  connectForPassiveTransfer,
  parseEpsvResponse,
  parsePasvResponse,
} from "basic-ftp/transfer";
import type { FtpSettings } from "@/lib/settings/ftp_url.ts";

/** "Requested action not taken. File unavailable." RFC 959, 4.2.2 */
const NOT_THERE = 550;

/** Other codes for a missing file. Servers use them for existing files as well. */
const MAYBE_NOT_THERE = [450, 451, 501, 553];

/** Codes for unknown commands. */
const UNKNOWN_COMMAND = [500, 502, 504];

/** "Service not available, closing control connection." RFC 959, 4.2.2 */
const CLOSING = 421;

/** Connects and signs in. If it fails, the client cannot be used. */
export async function signIn(client: Client, settings: FtpSettings): Promise<void> {
  const { host, port, user, password, tls, ca } = settings;
  await client.access({
    host,
    port,
    user,
    password,
    secure: tls === "implicit" ? "implicit" : tls === "explicit",
    secureOptions: { host, minVersion: "TLSv1.2", ...(ca !== undefined && { ca }) },
  });
  client.prepareTransfer = (ftp) => enterPassiveMode(ftp, host);
}

/**
 * Returns the folder of `FTP_URL` without a trailing slash. Call it right after signing in: `~` is
 * the current folder.
 */
export async function findBaseFolder(client: Client, baseDir: string): Promise<string> {
  if (!baseDir.startsWith("~")) return baseDir.replace(/\/+$/, "");
  const login = (await client.pwd()).replaceAll('""', '"').replace(/\/+$/, "");
  return login + baseDir.slice(1);
}

/** Creates a folder and its parents, if they are missing. */
export async function ensureFolder(client: Client, folder: string): Promise<void> {
  if (await enterFolder(client, folder)) return;
  const parent = folder.slice(0, folder.lastIndexOf("/"));
  if (parent !== "") await ensureFolder(client, parent);
  const made = await client.sendIgnoringError(`MKD ${folder}`);
  // Another connection may have created it meanwhile.
  if (!await enterFolder(client, folder)) throw new FTPError(made);
}

/** Enters a folder. Returns whether the server allows it. */
async function enterFolder(client: Client, folder: string): Promise<boolean> {
  const { code } = await client.sendIgnoringError(`CWD ${folder || "/"}`);
  if (code === CLOSING) throw new FTPError({ code, message: "421 The server ends the connection" });
  return code < 400;
}

/** Returns the bytes of a file, or `undefined` if it does not exist. */
export async function sizeOf(
  client: Client,
  folder: string,
  name: string,
): Promise<number | undefined> {
  try {
    return await client.size(`${folder}/${name}`);
  } catch (error) {
    if (isRefusal(error, [NOT_THERE])) return undefined;
    if (!isRefusal(error, [...MAYBE_NOT_THERE, ...UNKNOWN_COMMAND])) throw error;
    return (await listFolder(client, folder)).find((entry) => entry.name === name)?.size;
  }
}

/** Lists a folder. A missing folder is empty. */
export async function listFolder(client: Client, folder: string) {
  // A refused transfer may look like a broken network, so never start one that may be refused.
  return await enterFolder(client, folder) ? await client.list() : [];
}

/** Removes a file, if it exists. */
export async function removeFile(client: Client, folder: string, name: string): Promise<void> {
  try {
    await client.remove(`${folder}/${name}`);
  } catch (error) {
    if (isRefusal(error, [NOT_THERE])) return;
    if (!isRefusal(error, MAYBE_NOT_THERE)) throw error;
    const entries = await listFolder(client, folder);
    if (entries.some((entry) => entry.name === name)) throw error;
  }
}

/**
 * Returns when a file was changed, or `undefined` if it does not exist or the server does not say.
 */
export async function changedAt(
  client: Client,
  folder: string,
  name: string,
): Promise<Date | undefined> {
  try {
    return await client.lastMod(`${folder}/${name}`);
  } catch (error) {
    if (isRefusal(error, [NOT_THERE, ...MAYBE_NOT_THERE, ...UNKNOWN_COMMAND])) return undefined;
    throw error;
  }
}

function isRefusal(error: unknown, codes: readonly number[]): boolean {
  return error instanceof FTPError && codes.includes(error.code);
}

/** Whether the server does not know `EPSV`. Otherwise the data connection may have failed. */
function isUnknownToServer(error: unknown): boolean {
  if (error instanceof FTPError) return error.code !== CLOSING;
  return error instanceof Error && error.message.startsWith("Can't parse");
}

/**
 * Opens a data connection to the host of `FTP_URL`, which is the name that `--allow-net` contains.
 * The address in the answer to `PASV` is ignored: with NAT it belongs to the server's own network,
 * and a server could send us anywhere with it.
 *
 * @see https://www.rfc-editor.org/rfc/rfc2428 on EPSV, which names no host
 */
async function enterPassiveMode(ftp: FTPContext, host: string): Promise<FTPResponse> {
  const { response, port } = await askForPort(ftp);
  await connectForPassiveTransfer(host, port, ftp);
  return response;
}

async function askForPort(ftp: FTPContext): Promise<{ response: FTPResponse; port: number }> {
  try {
    const response = await ftp.request("EPSV");
    return { response, port: parseEpsvResponse(response.message) };
  } catch (error) {
    if (!isUnknownToServer(error)) throw error;
    const response = await ftp.request("PASV");
    return { response, port: parsePasvResponse(response.message).port };
  }
}
