import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import type { Logger } from "@/lib/log.ts";
import type { Settings } from "@/lib/settings.ts";
import { envelopeOf } from "./envelope.ts";
import type { Mail, Mailer, WrittenMail } from "./mail.ts";

/** The folder of e-mails where there is no mail server. */
export const OUTBOX = ".data/outbox";

/** A part whose lines stay as they are: nobody could copy a link that is broken over two lines. */
function unbroken(type: "plain" | "html", content: string) {
  const head = `Content-Type: text/${type}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n`;
  return { raw: head + content };
}

/** Creates a mailer that writes each e-mail to a file. */
export function createOutbox(from: Settings["mailFrom"], log: Logger, folder: string): Mailer {
  return {
    send: async (mail) => {
      await mkdir(folder, { recursive: true });
      const file = `${folder}/${new Date().toISOString().replaceAll(":", "-")}-${
        crypto.randomUUID().slice(0, 8)
      }.eml`;
      // An e-mail may contain a link that proves an address.
      await writeFile(file, await messageOf(mail, from), { mode: 0o600 });
      log.info(
        { file, subject: mail.subject },
        "SMTP_URL is not set, so the e-mail was written to a file",
      );
    },
    check: () => Promise.resolve(),
    rehearse: () => Promise.resolve(),
    written: (limit) => readNewest(folder, limit),
    forget: (before) => removeOlder(folder, before),
  };
}

async function messageOf(mail: Mail, from: Settings["mailFrom"]): Promise<Uint8Array> {
  const { createTransport } = await import("nodemailer");
  const transport = createTransport({ streamTransport: true, buffer: true }, { from });
  const { text, html, ...rest } = envelopeOf(mail);
  const alternatives = [unbroken("plain", text), ...(html ? [unbroken("html", html)] : [])];
  const { message } = await transport.sendMail({ ...rest, alternatives });
  return message as Uint8Array;
}

async function removeOlder(folder: string, before: Date): Promise<void> {
  const oldest = before.toISOString().replaceAll(":", "-");
  const old = (await listNames(folder)).filter((name) => name < oldest);
  for (const name of old) await rm(`${folder}/${name}`, { force: true });
}

/** The names of the files begin with the time. */
async function listNames(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.endsWith(".eml")).sort();
}

async function readNewest(folder: string, limit: number): Promise<WrittenMail[]> {
  const newest = (await listNames(folder)).reverse().slice(0, limit);
  const files = await Promise.all(newest.map((name) => readFile(`${folder}/${name}`, "utf8")));
  return files.map((content) => {
    const lines = content.replaceAll("\r\n", "\n");
    return {
      to: /^To: (.*)$/m.exec(lines)?.[1] ?? "",
      text: /^Content-Type: text\/plain.*?\n\n(.*?)\n--/ms.exec(lines)?.[1]?.trim() ?? "",
    };
  });
}
