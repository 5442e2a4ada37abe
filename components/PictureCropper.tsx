import { useEffect, useRef } from "preact/hooks";
import {
  cropPixels,
  type CropPlace,
  MAX_ZOOM,
  moveCrop,
  placeCrop,
  placeOf,
} from "@/lib/shared/crop.ts";
import type { PictureCrop } from "@/lib/shared/images.ts";

interface PictureCropperProps {
  readonly picture: ImageBitmap;
  readonly crop: PictureCrop;
  readonly onChange: (crop: PictureCrop) => void;
}

/** Pixels of the preview, which is shown at half that size for sharp screens. */
const PREVIEW_PIXELS = 384;

/** Chooses the square of a picture: by dragging, and with sliders for keyboard and single presses. */
export function PictureCropper({ picture, crop, onChange }: PictureCropperProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const place = placeOf(picture, crop);

  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    const { left, top, side } = cropPixels(picture, crop);
    context?.clearRect(0, 0, PREVIEW_PIXELS, PREVIEW_PIXELS);
    context?.drawImage(picture, left, top, side, side, 0, 0, PREVIEW_PIXELS, PREVIEW_PIXELS);
  }, [picture, crop]);

  function drag(event: PointerEvent) {
    const shown = canvas.current?.clientWidth;
    if (!shown || event.buttons === 0) return;
    canvas.current?.setPointerCapture(event.pointerId);
    onChange(moveCrop(picture, crop, { x: -event.movementX / shown, y: -event.movementY / shown }));
  }

  const change = (part: Partial<CropPlace>) => onChange(placeCrop(picture, { ...place, ...part }));
  return (
    <div class="cropper">
      <canvas
        ref={canvas}
        class="crop"
        width={PREVIEW_PIXELS}
        height={PREVIEW_PIXELS}
        role="img"
        aria-label="The part of the picture that is kept"
        onPointerMove={drag}
      />
      <Slider
        label="Zoom"
        min={1}
        max={MAX_ZOOM}
        value={1 / place.side}
        onChange={(zoom) => change({ side: 1 / zoom })}
      />
      <Slider label="Across" min={0} max={1} value={place.x} onChange={(x) => change({ x })} />
      <Slider label="Down" min={0} max={1} value={place.y} onChange={(y) => change({ y })} />
    </div>
  );
}

interface SliderProps {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly value: number;
  readonly onChange: (value: number) => void;
}

function Slider({ label, min, max, value, onChange }: SliderProps) {
  return (
    <label class="slider">
      <span>{label}</span>
      <input
        class="form-range"
        type="range"
        min={min}
        max={max}
        step={0.01}
        value={value}
        onInput={(event) => onChange(event.currentTarget.valueAsNumber)}
      />
    </label>
  );
}
