/** A part of a body. Bytes where the format is binary. */
export type Chunk = string | Uint8Array
