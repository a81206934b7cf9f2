/** More bytes than whoever reads has a use for. */
export class TooLarge extends Error {
  override readonly name = "TooLarge";
}

/** All bytes of a download. @throws TooLarge, and reads no further, where there are more than `most` */
export async function readAll(stream: NodeJS.ReadableStream | undefined, most: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream ?? []) {
    const bytes = Buffer.from(chunk);
    size += bytes.byteLength;
    // Leaving the loop ends the stream.
    if (size > most) throw new TooLarge(`more than ${most} bytes`);
    chunks.push(bytes);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
