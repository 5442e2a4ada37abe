/** Input that takes as much time as possible. */

const LEET = '"4@8({[<3691!|1|7l0$5+%2z"';

/** Passwords with very many readings. */
export const HARD_PASSWORDS: readonly string[] = [
  LEET.repeat(3),
  LEET.repeat(9),
  "aA1!".repeat(18),
  "1".repeat(256),
  "11111aaaa".repeat(20),
  "йA1!".repeat(20),
  'q|7}P^u3{W"9k<Z5s_=e@M1~x&V8+T0$;H4`g(L6)r*N2,D%/y?F:jB]c[X.o#w-b!I\\KaYfGhJpRtQ',
];

/** As many UTF-16 units as a text of 2,000 characters may have, all on one letter. */
export const STACKED_ACCENTS = `a${"\u0301".repeat(7_990)}${"\u0323".repeat(7_990)}`;

/** A PNG of 5 MB that consists of empty chunks. */
export const AWKWARD_PNG = new Uint8Array(5_000_000);
AWKWARD_PNG.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Attestations in CBOR: lists in lists, and lists that claim to have four billion entries. */
export const HARD_PASSKEYS = [
  new Uint8Array(4_000).fill(0x81),
  new Uint8Array([0x9a, 0xff, 0xff, 0xff, 0xff]),
  new Uint8Array([0xba, 0xff, 0xff, 0xff, 0xff]),
  new Uint8Array([0x5a, 0xff, 0xff, 0xff, 0xff]),
  new Uint8Array([0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
].map((bytes) =>
  JSON.stringify({
    id: "a",
    rawId: "a",
    type: "public-key",
    response: {
      clientDataJSON: btoa('{"type":"webauthn.create","challenge":"a"}'),
      attestationObject: bytes.toBase64({ alphabet: "base64url", omitPadding: true }),
    },
  })
);
