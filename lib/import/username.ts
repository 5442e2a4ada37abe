import { foldKey } from "@/lib/shared/fold.ts";
import { lookOf } from "@/lib/look_alikes.ts";
import { USERNAME_MAX_CHARS } from "@/lib/shared/limits.ts";
import { USERNAME_CHARACTERS } from "@/lib/shared/names.ts";
import { registerForm } from "@/lib/shared/user_forms.ts";

const FORBIDDEN = new RegExp(`[^${USERNAME_CHARACTERS}]+`, "gv");

/**
 * The username nearest to `text` that may be one here: what is not allowed becomes a hyphen (none
 * at the ends), too long a name is cut, too short a one gets the `id` of its row, and is `user-ID`
 * where that is not enough. A name that may be one stays as it is, except for spaces around it.
 */
export function toUsername(text: string, id: string): string {
  const name = cut(withoutHyphensAround(text.normalize("NFC").replace(FORBIDDEN, "-")));
  const nearest = [text, name, `${cut(name, USERNAME_MAX_CHARS - 21)}-${suffixOf(id)}`]
    .map((wish) => registerForm.username.read(wish)).find((checked) => "value" in checked);
  return nearest?.value ?? `user-${suffixOf(id)}`;
}

/** The names that are given out: no two are the same or look the same. */
export class NameBook {
  readonly #keys = new Set<string>();
  readonly #looks = new Set<string>();
  readonly #formerKeys = new Set<string>();

  /** @param isFree whether nobody has a name already who is not in this book */
  constructor(private readonly isFree: (name: string) => Promise<boolean>) {}

  /** Gives a name to somebody; says whether it was free. */
  claim(name: string): boolean {
    const key = foldKey(name);
    const look = lookOf(name);
    if (this.#keys.has(key) || this.#looks.has(look)) return false;
    this.#keys.add(key);
    this.#looks.add(look);
    return true;
  }

  /** Gives out `name` followed by the `id` of the row, and by a count if that is taken too. */
  async claimVariant(name: string, id: string): Promise<string> {
    for (let count = 1;; count++) {
      const suffix = count === 1 ? `-${suffixOf(id)}` : `-${suffixOf(id)}-${count}`;
      const variant = (cut(name, USERNAME_MAX_CHARS - suffix.length) || "user") + suffix;
      if (this.claim(variant) && await this.isFree(variant)) return variant;
    }
  }

  /** Lets somebody sign in with a name of before; says whether nobody else does. */
  claimFormer(name: string): boolean {
    const key = foldKey(name);
    if (this.#keys.has(key) || this.#formerKeys.has(key)) return false;
    this.#formerKeys.add(key);
    return true;
  }
}

/** An id is a number almost always; whatever else stands there must not spoil the name. */
function suffixOf(id: string): string {
  return id.replace(/[^0-9A-Za-z]+/g, "").slice(0, 20) || "0";
}

function cut(name: string, maxChars = USERNAME_MAX_CHARS): string {
  return withoutHyphensAround([...name].slice(0, maxChars).join(""));
}

function withoutHyphensAround(name: string): string {
  return name.replace(/^-+|-+$/g, "");
}
