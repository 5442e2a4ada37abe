/** Reads a ZIP file whose entries are not compressed, as text by name. */
export function readZip(bytes: Uint8Array): Map<string, string> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder();
  const end = bytes.length - END_BYTES;
  if (view.getUint32(end, true) !== 0x06054b50) throw new Error("This is no ZIP file");
  const files = new Map<string, string>();
  let entry = view.getUint32(end + 16, true);
  for (let index = 0; index < view.getUint16(end + 10, true); index++) {
    const [size, nameLength, extra, comment] = [
      view.getUint32(entry + 20, true),
      view.getUint16(entry + 28, true),
      view.getUint16(entry + 30, true),
      view.getUint16(entry + 32, true),
    ];
    const name = decoder.decode(bytes.subarray(entry + 46, entry + 46 + nameLength));
    const local = view.getUint32(entry + 42, true);
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    files.set(name, decoder.decode(bytes.subarray(start, start + size)));
    entry += 46 + nameLength + extra + comment;
  }
  return files;
}

/** Size of the last record, which has no comment. */
const END_BYTES = 22;
