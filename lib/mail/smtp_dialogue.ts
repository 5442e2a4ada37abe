import type SMTPConnection from "nodemailer/lib/smtp-connection";

/** The name under which the dialogue runs. */
const METHOD = "ENVELOPE";

/**
 * Signs in, tells the server that a letter comes, from whom and to whom, and takes that back.
 * Nothing is sent.
 *
 * @throws {Error} with the server's words, when it does not take the letter.
 */
export async function rehearseLetter(
  options: SMTPConnection.Options,
  account: SMTPConnection.AuthenticationType | undefined,
  from: string,
  to: string,
): Promise<void> {
  const { default: Connection } = await import("nodemailer/lib/smtp-connection");
  let refusal: string | undefined;
  const connection = new Connection({
    ...options,
    // The package sends whole letters only; a method to sign in may send any command.
    customAuth: {
      [METHOD]: async ({ sendCommand }: SMTPConnection.CustomAuthenticationContext) => {
        for (const command of [`MAIL FROM:<${from}>`, `RCPT TO:<${to}>`]) {
          const { status, response } = await sendCommand(command);
          if (status < 400) continue;
          refusal = `${command} is refused: ${response}`;
          break;
        }
        await sendCommand("RSET");
      },
    },
  });
  try {
    await new Promise<void>((resolve, reject) => {
      const next = (step: () => void) => (error?: Error | null) => error ? reject(error) : step();
      connection.on("error", reject);
      const envelope = next(() =>
        connection.login({ type: "custom", method: METHOD, user: "", pass: "" }, next(resolve))
      );
      connection.connect(next(() => account ? connection.login(account, envelope) : envelope()));
    });
  } catch (error) {
    connection.close();
    throw error;
  }
  connection.quit();
  if (refusal !== undefined) throw new Error(refusal);
}
