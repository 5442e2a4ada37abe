import { endpoint } from "./endpoint.ts";
import { type Parser, Refusal } from "./parsers.ts";

/** The value of `FTP_URL`. */
export interface FtpAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Folder for all files: `/…`, or `~/…` within the folder in which a session starts. */
  readonly baseDir: string;
  /** `explicit` begins unencrypted and asks for TLS, `implicit` begins with it. */
  readonly tls: "none" | "explicit" | "implicit";
}

/** The FTP server for avatars. */
export interface FtpSettings extends FtpAddress {
  /** PEM text of the authority that signed the server's certificate, unless it is a public one. */
  readonly ca: string | undefined;
}

const PORT = 21;
/** Port of servers that speak TLS from the first byte. */
const IMPLICIT_TLS_PORT = 990;

const parseUrl = endpoint(["ftps", "ftp"], "ftps://user:password@ftp.example.com/avatars");

/** Reads `FTP_URL`. */
export const ftpUrl: Parser<FtpAddress> = (text) => {
  const url = parseUrl(text);
  if (url instanceof Refusal) return url;
  const { scheme, host, port, user, password, path, query } = url;
  const tls = query.get("tls") ?? (port === IMPLICIT_TLS_PORT ? "implicit" : "explicit");
  const isKnown = tls === "implicit" || tls === "explicit";
  if (!isKnown || [...query.keys()].some((name) => name !== "tls")) {
    return new Refusal("after the ? only tls=explicit or tls=implicit is allowed", `${scheme}://…`);
  }
  if (scheme === "ftp" && query.size > 0) {
    return new Refusal("TLS is for ftps://", `${scheme}://…`);
  }
  return {
    host,
    port: port ?? (tls === "implicit" ? IMPLICIT_TLS_PORT : PORT),
    user: user || "anonymous",
    password,
    baseDir: baseDirOf(path),
    tls: scheme === "ftp" ? "none" : tls,
  };
};

function baseDirOf(path: string): string {
  const names = path.split("/").filter(Boolean);
  return names[0] === "~" ? names.join("/") : `/${names.join("/")}`;
}
