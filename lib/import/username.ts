import { foldKey } from "@/lib/shared/fold.ts";
import { lookOf } from "@/lib/look_alikes.ts";
import { USERNAME_MAX_CHARS } from "@/lib/shared/limits.ts";
import { USERNAME_CHARACTERS } from "@/lib/shared/names.ts";
import { registerForm } from "@/lib/shared/sign_in_forms.ts";

const FORBIDDEN = new RegExp(`[^${USERNAME_CHARACTERS}]+`, "gv");

/**
 * Returns the valid username closest to `text`. A valid one only loses spaces around it. Otherwise
 * forbidden characters become hyphens (not at the ends), a long name is cut, and a short one gets
 * the `id` of its row. If that does not help, it is `user-ID`.
 */
export function toUsername(text: string, id: string): string {
  const name = cut(withoutHyphensAround(text.normalize("NFC").replace(FORBIDDEN, "-")));
  const nearest = [text, name, `${cut(name, USERNAME_MAX_CHARS - 21)}-${suffixOf(id)}`]
    .map((wish) => registerForm.username.read(wish)).find((checked) => "value" in checked);
  return nearest?.value ?? `user-${suffixOf(id)}`;
}

/** Usernames that are given out: no two are equal or look the same. */
export class NameBook {
  readonly #keys = new Set<string>();
  readonly #looks = new Set<string>();
  readonly #formerKeys = new Set<string>();

  /** @param isFree whether a name outside this book is free */
  constructor(private readonly isFree: (name: string) => Promise<boolean>) {}

  /** Takes a name. Returns whether it was free. */
  claim(name: string): boolean {
    const key = foldKey(name);
    const look = lookOf(name);
    if (this.#keys.has(key) || this.#looks.has(look)) return false;
    this.#keys.add(key);
    this.#looks.add(look);
    return true;
  }

  /** Takes `name` followed by the row's `id`, and by a count if that is not free either. */
  async claimVariant(name: string, id: string): Promise<string> {
    for (let count = 1;; count++) {
      const suffix = count === 1 ? `-${suffixOf(id)}` : `-${suffixOf(id)}-${count}`;
      const variant = (cut(name, USERNAME_MAX_CHARS - suffix.length) || "user") + suffix;
      if (this.claim(variant) && await this.isFree(variant)) return variant;
    }
  }

  /** Keeps an earlier name for signing in. Returns whether it was free. */
  claimFormer(name: string): boolean {
    const key = foldKey(name);
    if (this.#keys.has(key) || this.#formerKeys.has(key)) return false;
    this.#formerKeys.add(key);
    return true;
  }
}

/** Ids are nearly always numbers. Other characters must not spoil the name. */
function suffixOf(id: string): string {
  return id.replace(/[^0-9A-Za-z]+/g, "").slice(0, 20) || "0";
}

function cut(name: string, maxChars = USERNAME_MAX_CHARS): string {
  return withoutHyphensAround([...name].slice(0, maxChars).join(""));
}

function withoutHyphensAround(name: string): string {
  return name.replace(/^-+|-+$/g, "");
}
