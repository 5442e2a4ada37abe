import { certificateSymptoms, type Symptom, UNREACHABLE, withAdvice } from "@/lib/advice.ts";
import type { FtpSettings } from "@/lib/settings/ftp_url.ts";

interface FtpSymptom extends Symptom {
  /** Only for connections of this kind. */
  readonly tls?: FtpSettings["tls"];
}

const SYMPTOMS: readonly FtpSymptom[] = [
  ...certificateSymptoms("FTP_URL", "FTP_CA_FILE"),
  {
    reason: /wrong version number|InvalidContentType|corrupt message|packet length too long/i,
    tls: "implicit",
    advice: "leave out tls=implicit and port 990 in FTP_URL: the server begins without TLS",
  },
  {
    reason: /session re(use|sum)|Unable to build data connection: Operation not permitted/i,
    advice: "set require_ssl_reuse=NO (vsftpd) or TLSOptions NoSessionReuseRequired (ProFTPD)",
  },
  {
    reason: /data connection|data socket|EPSV|PASV/i,
    advice: "let the server's passive ports through its firewall: " +
      "pasv_min_port and pasv_max_port (vsftpd) or PassivePorts (ProFTPD)",
  },
  {
    reason: /must use encryption|(SSL|TLS)( is)? required/i,
    tls: "none",
    advice: "begin FTP_URL with ftps://",
  },
  {
    reason: /^(500|502|504|534)|530 .*USER and PASS/i,
    tls: "explicit",
    advice: "switch TLS on in the server (ssl_enable=YES in vsftpd, TLSEngine on in ProFTPD), " +
      "or begin FTP_URL with ftp://",
  },
  { reason: /^530/, advice: "correct the user and password in FTP_URL" },
  { reason: /^421/, advice: "let the server take more connections of one client" },
  { reason: /^(452|552)|quota|no space/i, advice: "make room on the server" },
  {
    reason: /^55[03]|permission|not allowed|denied/i,
    advice: "let the account write in the folder of FTP_URL, or name another there; " +
      "/~/folder is below the one that it signs in to",
  },
  {
    reason: /not done within|Timeout \(control socket\)/,
    tls: "explicit",
    advice: "correct host and port in FTP_URL; if the server begins with TLS, add ?tls=implicit",
  },
  { reason: UNREACHABLE, advice: "start the FTP server, or correct host and port in FTP_URL" },
];

/** Returns a failure's message, and what an operator can do about it. */
export function adviseFtp(error: unknown, { tls }: FtpSettings): string {
  return withAdvice(error, SYMPTOMS.filter((symptom) => (symptom.tls ?? tls) === tls));
}
