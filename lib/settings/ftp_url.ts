import { type Parser, Refusal, url } from "./parsers.ts";

/** What `FTP_URL` says. */
export interface FtpAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Folder on the server under which everything is kept; starts with `/`. */
  readonly baseDir: string;
  /** Explicit TLS. */
  readonly secure: boolean;
}

/** Where avatars are sent. */
export interface FtpSettings extends FtpAddress {
  /** PEM text of the authority that signed the server's certificate, where it is not a public one. */
  readonly ca: string | undefined;
}

const PORT = 21;

/** Takes `FTP_URL`. */
export const ftpUrl: Parser<FtpAddress> = (text) => {
  const parsed = url(["ftps:", "ftp:"], "ftps://user:password@ftp.example.com/avatars")(text);
  if (parsed instanceof Refusal) return parsed;
  return {
    host: parsed.hostname,
    port: parsed.port === "" ? PORT : Number(parsed.port),
    user: decodeURIComponent(parsed.username) || "anonymous",
    password: decodeURIComponent(parsed.password),
    baseDir: decodeURIComponent(parsed.pathname).replace(/\/+$/, "") || "/",
    secure: parsed.protocol === "ftps:",
  };
};
