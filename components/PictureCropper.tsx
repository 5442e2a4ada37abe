import { useEffect, useRef } from "preact/hooks";
import {
  cropPixels,
  type CropPlace,
  MAX_ZOOM,
  moveCrop,
  placeCrop,
  placeOf,
  zoomCrop,
} from "@/lib/shared/crop.ts";
import type { PictureCrop } from "@/lib/shared/images.ts";

interface PictureCropperProps {
  readonly picture: ImageBitmap;
  readonly crop: PictureCrop;
  readonly onChange: (crop: PictureCrop) => void;
}

/** Pixels of the preview. It is shown at half that size for sharp screens. */
const PREVIEW_PIXELS = 384;

/** Part of the square's side by which one key press moves it. */
const MOVE_STEP = 0.05;
const ZOOM_STEP = 1.1;

const KEYS: Readonly<Record<string, { x?: number; y?: number; zoom?: number }>> = {
  "ArrowLeft": { x: -MOVE_STEP },
  "ArrowRight": { x: MOVE_STEP },
  "ArrowUp": { y: -MOVE_STEP },
  "ArrowDown": { y: MOVE_STEP },
  "+": { zoom: ZOOM_STEP },
  "=": { zoom: ZOOM_STEP },
  "-": { zoom: 1 / ZOOM_STEP },
};

/** Chooses the square of a picture by dragging, pinching, scrolling, keys or sliders. */
export function PictureCropper({ picture, crop, onChange }: PictureCropperProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const place = placeOf(picture, crop);

  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    const { left, top, side } = cropPixels(picture, crop);
    context?.clearRect(0, 0, PREVIEW_PIXELS, PREVIEW_PIXELS);
    context?.drawImage(picture, left, top, side, side, 0, 0, PREVIEW_PIXELS, PREVIEW_PIXELS);
  }, [picture, crop]);

  /** Positions of the fingers or the mouse on the preview. */
  const pressed = useRef(new Map<number, Point>());

  function press(event: PointerEvent) {
    canvas.current?.setPointerCapture(event.pointerId);
    pressed.current.set(event.pointerId, pointOf(event));
  }

  function release(event: PointerEvent) {
    pressed.current.delete(event.pointerId);
  }

  /** One finger drags the picture, two zoom it. */
  function drag(event: PointerEvent) {
    const shown = canvas.current?.clientWidth;
    if (!shown || !pressed.current.has(event.pointerId)) return;
    const before = handOf(pressed.current);
    pressed.current.set(event.pointerId, pointOf(event));
    const after = handOf(pressed.current);
    const zoomed = zoomCrop(picture, crop, after.span / before.span);
    const by = { x: (before.x - after.x) / shown, y: (before.y - after.y) / shown };
    onChange(moveCrop(picture, zoomed, by));
  }

  function scroll(event: WheelEvent) {
    event.preventDefault();
    onChange(zoomCrop(picture, crop, event.deltaY < 0 ? ZOOM_STEP : 1 / ZOOM_STEP));
  }

  function pressKey(event: KeyboardEvent) {
    const change = KEYS[event.key];
    if (change === undefined || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const { x = 0, y = 0, zoom = 1 } = change;
    onChange(moveCrop(picture, zoomCrop(picture, crop, zoom), { x, y }));
  }

  const change = (part: Partial<CropPlace>) => onChange(placeCrop(picture, { ...place, ...part }));
  return (
    <div class="cropper">
      <canvas
        ref={canvas}
        class="crop"
        width={PREVIEW_PIXELS}
        height={PREVIEW_PIXELS}
        tabIndex={0}
        role="application"
        aria-label="Part of the picture to keep: arrow keys move it, plus and minus zoom"
        onPointerDown={press}
        onPointerMove={drag}
        onPointerUp={release}
        onPointerCancel={release}
        onWheel={scroll}
        onKeyDown={pressKey}
      />
      <p class="form-text m-0">Drag the picture, pinch or scroll to zoom, or use the sliders:</p>
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

interface Point {
  readonly x: number;
  readonly y: number;
}

function pointOf({ clientX: x, clientY: y }: PointerEvent): Point {
  return { x, y };
}

/** Returns the middle of all fingers and how far apart they are. */
function handOf(fingers: ReadonlyMap<number, Point>): Point & { readonly span: number } {
  const points = [...fingers.values()];
  const middle = {
    x: points.reduce((sum, { x }) => sum + x, 0) / points.length,
    y: points.reduce((sum, { y }) => sum + y, 0) / points.length,
  };
  const [first = middle, second = middle] = points;
  // Never 0, so that one finger keeps the zoom.
  return { ...middle, span: Math.hypot(first.x - second.x, first.y - second.y) + 1 };
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
