import { crc32 } from 'node:zlib'

const SEAL = /\/\*([0-9a-f]{8})\*\/$/
const SEAL_LENGTH = 12

const sumOf = (text: string): string => crc32(text).toString(16).padStart(8, '0')

/** Thrown when stored data differs from its checksum. */
export class SealError extends Error {
  override readonly name = 'SealError'
  readonly code = 'LONGHAUL_DAMAGED'
}

/** A value as JSON with a checksum behind it, as a comment of JSON5: SQLite reads it as the same value. */
export function sealed(value: unknown): string {
  const text = JSON.stringify(value)
  return `${text}/*${sumOf(text)}*/`
}

/**
 * The value again. What earlier versions wrote has no checksum.
 *
 * @throws SealError where a bit was flipped, or something is missing
 */
export function unsealed(text: string): unknown {
  const [, sum] = SEAL.exec(text.slice(-SEAL_LENGTH)) ?? []
  const json = sum === undefined ? text : text.slice(0, -SEAL_LENGTH)
  if (sum !== undefined && sum !== sumOf(json)) throw new SealError('its checksum does not match')
  try {
    return JSON.parse(json) as unknown
  } catch {
    throw new SealError('it is truncated')
  }
}
