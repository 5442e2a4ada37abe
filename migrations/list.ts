// Written by `deno task migrate new`, because a built application cannot read the folder.
import type { Migration } from "kysely/migration";
import * as m0001 from "./0001_users.ts";
import * as m0002 from "./0002_images.ts";
import * as m0003 from "./0003_image_copies.ts";
import * as m0004 from "./0004_user_search.ts";
import * as m0005 from "./0005_maintenance.ts";
import * as m0006 from "./0006_names.ts";
import * as m0007 from "./0007_jobs.ts";
import * as m0008 from "./0008_image_states.ts";
import * as m0009 from "./0009_one_time_tokens.ts";
import * as m0010 from "./0010_new_email.ts";
import * as m0011 from "./0011_second_factors.ts";
import * as m0012 from "./0012_devices.ts";
import * as m0013 from "./0013_viewing.ts";
import * as m0014 from "./0014_rate_limits.ts";
import * as m0015 from "./0015_api_keys.ts";
import * as m0016 from "./0016_invitations.ts";
import * as m0017 from "./0017_held_usernames.ts";
import * as m0018 from "./0018_passkeys.ts";
import * as m0019 from "./0019_proofs.ts";
import * as m0020 from "./0020_trusted_browsers.ts";
import * as m0021 from "./0021_leaving.ts";
import * as m0022 from "./0022_erasure_indexes.ts";
import * as m0023 from "./0023_labels.ts";
import * as m0024 from "./0024_audit_log.ts";
import * as m0025 from "./0025_undo_log.ts";
import * as m0026 from "./0026_unconfirmed_users.ts";
import * as m0027 from "./0027_audit_seals.ts";
import * as m0028 from "./0028_figures.ts";
import * as m0029 from "./0029_support.ts";
import * as m0030 from "./0030_hash_schemes.ts";
import * as m0031 from "./0031_dormancy.ts";
import * as m0032 from "./0032_open_users.ts";
import * as m0033 from "./0033_bulk_jobs.ts";
import * as m0034 from "./0034_user_imports.ts";
import * as m0035 from "./0035_user_views.ts";
import * as m0036 from "./0036_import_indexes.ts";
import * as m0037 from "./0037_audit_terms.ts";
import * as m0038 from "./0038_quick_audit_terms.ts";
import * as m0039 from "./0039_bulk_counts.ts";

/** All migrations by name, in order. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  "0001_users": m0001,
  "0002_images": m0002,
  "0003_image_copies": m0003,
  "0004_user_search": m0004,
  "0005_maintenance": m0005,
  "0006_names": m0006,
  "0007_jobs": m0007,
  "0008_image_states": m0008,
  "0009_one_time_tokens": m0009,
  "0010_new_email": m0010,
  "0011_second_factors": m0011,
  "0012_devices": m0012,
  "0013_viewing": m0013,
  "0014_rate_limits": m0014,
  "0015_api_keys": m0015,
  "0016_invitations": m0016,
  "0017_held_usernames": m0017,
  "0018_passkeys": m0018,
  "0019_proofs": m0019,
  "0020_trusted_browsers": m0020,
  "0021_leaving": m0021,
  "0022_erasure_indexes": m0022,
  "0023_labels": m0023,
  "0024_audit_log": m0024,
  "0025_undo_log": m0025,
  "0026_unconfirmed_users": m0026,
  "0027_audit_seals": m0027,
  "0028_figures": m0028,
  "0029_support": m0029,
  "0030_hash_schemes": m0030,
  "0031_dormancy": m0031,
  "0032_open_users": m0032,
  "0033_bulk_jobs": m0033,
  "0034_user_imports": m0034,
  "0035_user_views": m0035,
  "0036_import_indexes": m0036,
  "0037_audit_terms": m0037,
  "0038_quick_audit_terms": m0038,
  "0039_bulk_counts": m0039,
};
