import { endpoint } from "./endpoint.ts";
import { type Parser, Refusal } from "./parsers.ts";

/** The value of `SMTP_URL`. */
export interface SmtpAddress {
  readonly host: string;
  readonly port: number;
  /** Whether the connection begins with TLS. Otherwise it uses STARTTLS if the server has it. */
  readonly tls: "implicit" | "starttls";
  /** Absent if the server needs no sign-in. */
  readonly account: { readonly user: string; readonly password: string } | undefined;
}

/** The mail server. */
export interface SmtpSettings extends SmtpAddress {
  /** PEM text of the authority that signed the server's certificate, unless it is a public one. */
  readonly ca: string | undefined;
  /** Whether a server without TLS is refused. */
  readonly requiresTls: boolean;
}

/** The sender of a letter. */
export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

const PORTS = { implicit: 465, starttls: 587 } as const;

const parseUrl = endpoint(["smtps", "smtp"], "smtps://user:password@mail.example.com");

/** Reads `SMTP_URL`. */
export const smtpUrl: Parser<SmtpAddress> = (text) => {
  const url = parseUrl(text);
  if (url instanceof Refusal) return url;
  const { scheme, host, port, user, password, path, query } = url;
  if (query.size > 0 || path.replace("/", "") !== "") {
    return new Refusal("nothing is allowed after host and port", `${scheme}://…`);
  }
  const tls = scheme === "smtps" ? "implicit" : "starttls";
  const account = user === "" ? undefined : { user, password };
  return { host, port: port ?? PORTS[tls], tls, account };
};

/** Reads `Name <address>` or an address. */
export const mailbox: Parser<Mailbox> = (text) => {
  const [, name = "", bracketed] = /^([^<>]*)<([^<>]*)>$/.exec(text) ?? [];
  const address = bracketed ?? text;
  return /^[^\s@<>,;"]+@[^\s@<>,;"]+$/.test(address)
    ? { name: name.trim().replace(/^"(.*)"$/, "$1"), address }
    : new Refusal("a sender such as Roster <people@example.com> is allowed");
};
