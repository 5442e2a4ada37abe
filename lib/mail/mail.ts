/** An e-mail to one person. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  /** In angle brackets. */
  readonly messageId?: string;
}

/** An e-mail in a file. */
export interface WrittenMail {
  readonly to: string;
  /** The plain text, without the headers. */
  readonly text: string;
}

/** Sends e-mails, or writes them to files if there is no mail server. */
export interface Mailer {
  /** Sends an e-mail. @throws if the server does not accept it. */
  send(mail: Mail): Promise<void>;
  /** Resolves if the server answers and accepts the credentials. */
  check(): Promise<void>;
  /**
   * Resolves if the server would accept an e-mail to that address. Sends nothing.
   *
   * @throws {Error} that says what an operator can do about it, if known.
   */
  rehearse(to: string): Promise<void>;
  /** Reads up to `limit` of the newest files. Absent if there is a mail server. */
  written?(limit: number): Promise<WrittenMail[]>;
  /** Removes files that were written before a time. Absent if there is a mail server. */
  forget?(before: Date): Promise<void>;
}
