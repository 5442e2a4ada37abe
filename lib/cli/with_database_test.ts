import assert from "node:assert/strict";
import { readSettings } from "@/lib/settings.ts";
import { postgresTest } from "@/tests/kit/databases.ts";
import { makeCertificate } from "@/tests/kit/certificate.ts";
import { createPostgresDatabase, startPostgres } from "@/tests/kit/postgres.ts";
import { openssl, postgres } from "@/tests/kit/programs.ts";
import { tempFolder } from "@/tests/kit/temp.ts";
import { withDatabase } from "./with_database.ts";

postgresTest("a database that is not UTF8 is refused with what to do", async ({ url }) => {
  for (const encoding of ["LATIN1", "SQL_ASCII"]) {
    await using latin = await createPostgresDatabase(
      url,
      "template0",
      `encoding '${encoding}' lc_collate 'C' lc_ctype 'C'`,
    );
    const settings = readSettings({ DATABASE_URL: latin.url });
    let worked = false;
    await assert.rejects(
      withDatabase(settings, () => Promise.resolve(worked = true)),
      new RegExp(
        `${latin.name} has the encoding ${encoding}.*create database NAME encoding 'UTF8'`,
      ),
    );
    assert.equal(worked, false);
  }
});

Deno.test({
  name: "a wrong certificate of PostgreSQL is refused with the setting to mend",
  ignore: !postgres.find() || !openssl.find(),
  async fn() {
    await using cluster = await startPostgres("tls");
    await using folder = await tempFolder();
    const { certificateFile: foreign } = await makeCertificate(folder.path);
    const elsewhere = cluster.url.replace("127.0.0.1", "127.0.0.2");
    const cases = [
      [`${cluster.url}?sslmode=verify-full`, /PEM file .* in sslrootcert$/],
      [`${cluster.url}?sslmode=verify-full&sslrootcert=${foreign}`, /PEM file .* in sslrootcert$/],
      [
        `${elsewhere}?sslmode=verify-full&sslrootcert=${cluster.certificateFile}`,
        /write the name .* as the host of DATABASE_URL$/,
      ],
    ] as const;
    for (const [DATABASE_URL, sentence] of cases) {
      const work = withDatabase(readSettings({ DATABASE_URL }), () => Promise.resolve());
      await assert.rejects(work, sentence, DATABASE_URL);
    }
  },
});
