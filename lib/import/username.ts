import { foldKey } from "@/lib/shared/fold.ts";
import { USERNAME_MAX_CHARS, USERNAME_MIN_CHARS } from "@/lib/shared/limits.ts";
import { registerForm, USERNAME_CHARACTERS } from "@/lib/shared/user_forms.ts";

const FORBIDDEN = new RegExp(`[^${USERNAME_CHARACTERS}]+`, "gv");

/**
 * The username nearest to `text` that may be one here: what is not allowed becomes a hyphen (none
 * at the ends), too long a name is cut, too short a one gets the `id` of its row, or is `user-ID`
 * where nothing is left. A name that may be one stays as it is, but for spaces around it.
 */
export function toUsername(text: string, id: string): string {
  const checked = registerForm.username.read(text);
  if ("value" in checked) return checked.value;
  const name = cut(withoutHyphensAround(text.normalize("NFC").replace(FORBIDDEN, "-")));
  if ([...name].length >= USERNAME_MIN_CHARS) return name;
  return name === "" ? `user-${suffixOf(id)}` : `${name}-${suffixOf(id)}`;
}

/** The names that are given out, by the key under which a name is unique. */
export class NameBook {
  readonly #taken = new Set<string>();

  /** @param isFree whether nobody has a name already who is not in this book */
  constructor(private readonly isFree: (name: string) => Promise<boolean>) {}

  /** Gives a name to somebody; says whether it was free. */
  claim(name: string): boolean {
    const key = foldKey(name);
    if (this.#taken.has(key)) return false;
    this.#taken.add(key);
    return true;
  }

  /** Gives out `name` with the `id` of the row behind it, and a count if that is taken too. */
  async claimVariant(name: string, id: string): Promise<string> {
    for (let count = 1;; count++) {
      const suffix = count === 1 ? `-${suffixOf(id)}` : `-${suffixOf(id)}-${count}`;
      const variant = (cut(name, USERNAME_MAX_CHARS - suffix.length) || "user") + suffix;
      if (this.claim(variant) && await this.isFree(variant)) return variant;
    }
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
