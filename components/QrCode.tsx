interface QrCodeProps {
  /** The drawing: the path is black in a square of `size` units. */
  readonly size: number;
  readonly path: string;
  /** What screen readers say. */
  readonly label: string;
}

/** A QR code. It is black on white in both colour modes, because some scanners need that. */
export function QrCode({ size, path, label }: QrCodeProps) {
  return (
    <svg
      class="qr-code"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      shape-rendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
