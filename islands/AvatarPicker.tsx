import { useSignal } from "@preact/signals";
import { Avatar } from "@/components/Avatar.tsx";
import { PictureCropper } from "@/components/PictureCropper.tsx";
import { middleCrop } from "@/lib/shared/crop.ts";
import { formatCrop, PICTURE_TYPES, type PictureCrop } from "@/lib/shared/images.ts";
import { IMAGE_MAX_BYTES } from "@/lib/shared/limits.ts";

interface AvatarPickerProps {
  readonly user_id: number;
  readonly username: string;
  readonly full_name: string;
  readonly image: string | null;
  readonly error?: string | undefined;
  readonly idPrefix?: string;
}

const MEBIBYTE = 1024 * 1024;

/** The field `image`: a file field, which with script shows the picture and lets one crop it. */
export default function AvatarPicker({ error, idPrefix = "avatar", ...user }: AvatarPickerProps) {
  const picture = useSignal<ImageBitmap | undefined>(undefined);
  const crop = useSignal<PictureCrop | undefined>(undefined);
  const refusal = useSignal(error);
  const id = `${idPrefix}_image`;

  async function choose(input: HTMLInputElement) {
    const file = input.files?.[0];
    const chosen = file && await openPicture(file);
    refusal.value = typeof chosen === "string" ? chosen : undefined;
    picture.value = typeof chosen === "string" ? undefined : chosen;
    crop.value = picture.value && middleCrop(picture.value);
    if (refusal.value) input.value = "";
  }

  return (
    <fieldset class="picture-field">
      {picture.value && crop.value
        ? (
          <PictureCropper
            picture={picture.value}
            crop={crop.value}
            onChange={(changed) => crop.value = changed}
          />
        )
        : <Avatar {...user} size="large" />}
      <div class="picture-controls">
        <label class="form-label" for={id}>Picture</label>
        <input
          class={`form-control${refusal.value ? " is-invalid" : ""}`}
          type="file"
          id={id}
          name="image"
          accept={PICTURE_TYPES.join(",")}
          aria-describedby={`${id}_hint`}
          onChange={(event) => choose(event.currentTarget)}
        />
        {crop.value && <input type="hidden" name="image_crop" value={formatCrop(crop.value)} />}
        {refusal.value && <div class="field-error" role="alert">{refusal.value}</div>}
        <div class="form-text" id={`${id}_hint`}>
          JPEG, PNG or WebP, at most {IMAGE_MAX_BYTES / MEBIBYTE} MiB
        </div>
        {user.image && !picture.value && (
          <label class="form-check mt-2">
            <input class="form-check-input" type="checkbox" name="remove_image" value="1" />
            Remove the picture
          </label>
        )}
      </div>
    </fieldset>
  );
}

/** The upright picture, or why it is not taken. The server checks again. */
async function openPicture(file: File): Promise<ImageBitmap | string> {
  if (!PICTURE_TYPES.some((type) => type === file.type)) return "Choose a JPEG, PNG or WebP";
  if (file.size > IMAGE_MAX_BYTES) {
    const size = (file.size / MEBIBYTE).toFixed(1);
    return `The file has ${size} MiB, at most ${IMAGE_MAX_BYTES / MEBIBYTE} MiB fit`;
  }
  return await createImageBitmap(file).catch(() => "This picture cannot be read");
}
