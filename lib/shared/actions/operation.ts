import type { Action } from "../action.ts";

/** What operators and admins do to the installation, and to many users by file. */
export const OPERATION = {
  see_dashboard: { by: "admins" },
  see_settings: { by: "admins" },
  send_test_email: {
    by: "admins",
    trail: "{actor} sent a test e-mail to {user}",
    suffered: "was sent a test e-mail",
    done: {
      sent: "The mail server has taken the e-mail: look into your mailbox.",
      written: "There is no mail server: the e-mail is written to .data/outbox.",
    },
  },
  end_all_sessions: {
    by: "admins",
    proof: "fresh",
    trail: "{actor} ended all sessions of everybody else",
    done: "All sessions but this one are ended.",
  },
  request_backup: {
    by: "admins",
    proof: "fresh",
    trail: "{actor} asked for a backup",
    done: {
      begun: "The backup is being made: load this page again to see when it is whole.",
      running: "A backup is being made already.",
    },
  },
  make_backup: { trail: "{actor} made a backup" },
  see_audit_log: { by: "admins" },
  export_audit_log: { by: "admins", trail: "{actor} exported the audit log" },
  expire_audit_log: { trail: "{actor} removed old entries of the audit log" },
  list_emails: { by: "admins" },
  send_email_again: {
    by: "admins",
    trail: "{actor} had an e-mail to {user} sent again",
    suffered: "was sent an e-mail again",
    done: "The e-mail is tried again within a minute.",
  },
  discard_email: {
    by: "admins",
    trail: "{actor} kept an e-mail to {user} from being sent",
    suffered: "was not sent an e-mail",
    done: "The e-mail is not sent.",
  },
  copy_email_link: {
    by: "admins",
    proof: "fresh",
    trail: "{actor} copied the link of an e-mail to {user}",
    suffered: "the link of an e-mail was copied",
  },
  see_bulk_jobs: { by: "admins", scope: "users:read" },
  start_bulk_job: {
    by: "admins",
    scope: "users:write",
    trail: "{actor} started a bulk action",
    done: "It has started.",
  },
  cancel_bulk_job: {
    by: "admins",
    scope: "users:write",
    trail: "{actor} stopped a bulk action",
    done: "It is stopped.",
  },
  undo_bulk_job: {
    by: "admins",
    scope: "users:write",
    trail: "{actor} took back a bulk action",
    done: "It is being taken back.",
  },
  export_users: { by: "admins", scope: "users:read", trail: "{actor} exported users" },
  import_users: { trail: "{actor} imported {user}" },
  prepare_import: {
    by: "admins",
    proof: "fresh",
    from: "/import_users",
    trail: "{actor} uploaded a file of users",
    done: "The file is read. Nothing has happened to users yet.",
  },
  check_import: { by: "admins", done: "The rows are being checked." },
  start_import: {
    by: "admins",
    proof: "fresh",
    from: "/import_users",
    trail: "{actor} began to import users",
    done: "The import has begun. You can leave this page.",
  },
  invite_imported: {
    by: "admins",
    proof: "fresh",
    from: "/import_users",
    trail: "{actor} had links sent to imported users",
    done: "The e-mails are on their way.",
  },
  cancel_import: {
    by: "admins",
    from: "/import_users",
    trail: "{actor} ended an import of users",
    done: "The import is ended, and its file is forgotten. Users who were imported stay.",
  },
  seed_users: { trail: "{actor} made up sample users" },
} as const satisfies Readonly<Record<string, Action>>;
