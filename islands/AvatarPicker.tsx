import { useSignal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import { Avatar } from "@/components/Avatar.tsx";
import { PictureCropper } from "@/components/PictureCropper.tsx";
import { middleCrop } from "@/lib/shared/crop.ts";
import { formatCrop, PICTURE_TYPES, type PictureCrop } from "@/lib/shared/images.ts";
import { IMAGE_MAX_SIZE, openPicture } from "@/lib/shared/picture_file.ts";

interface AvatarPickerProps {
  readonly user_id: number;
  readonly username: string;
  readonly full_name: string;
  readonly image: string | null;
  readonly error?: string | undefined;
  readonly idPrefix?: string;
}

/** The field `image`: a file field. With script it shows the picture and lets the user crop it. */
export default function AvatarPicker({ error, idPrefix = "avatar", ...user }: AvatarPickerProps) {
  const picture = useSignal<ImageBitmap | undefined>(undefined);
  const crop = useSignal<PictureCrop | undefined>(undefined);
  // Once a file is chosen: what is wrong with it, or "". Until then the server's message counts.
  const complaint = useSignal<string | undefined>(undefined);
  const refusal = complaint.value ?? error;
  const id = `${idPrefix}_image`;

  // In the layout phase, so that the form finds the message when it looks for errors.
  useLayoutEffect(() => {
    complaint.value = undefined;
  }, [error]);

  async function choose(input: HTMLInputElement) {
    const file = input.files?.[0];
    const opened = file ? await openPicture(file) : { value: undefined };
    complaint.value = "error" in opened ? opened.error : "";
    picture.value = "error" in opened ? undefined : opened.value;
    crop.value = picture.value && middleCrop(picture.value);
    if (complaint.value) input.value = "";
  }

  return (
    <div class="picture-field">
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
          class={`form-control${refusal ? " is-invalid" : ""}`}
          type="file"
          id={id}
          name="image"
          accept={PICTURE_TYPES.join(",")}
          aria-invalid={refusal ? "true" : undefined}
          aria-describedby={`${id}_hint`}
          onChange={(event) => choose(event.currentTarget)}
        />
        {crop.value && <input type="hidden" name="image_crop" value={formatCrop(crop.value)} />}
        {refusal && <div class="field-error" role="alert">{refusal}</div>}
        <div class="form-text" id={`${id}_hint`}>JPEG, PNG or WebP, at most {IMAGE_MAX_SIZE}</div>
        {user.image && !picture.value && (
          <label class="form-check mt-2">
            <input class="form-check-input" type="checkbox" name="remove_image" value="1" />
            Remove the picture
          </label>
        )}
      </div>
    </div>
  );
}
