const PREFIX = 'longhaul:'
const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193

/** FNV-1a, 32 bits. */
function hashOf(text: string): string {
  let hash = FNV_OFFSET
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), FNV_PRIME)
  return (hash >>> 0).toString(16).padStart(8, '0')
}

/** What a block of thoughts is signed with. Opaque to clients. */
export const signatureOf = (thoughts: string, id: string): string =>
  Buffer.from(`${PREFIX}${id}:${hashOf(thoughts)}`).toString('base64')

/**
 * Whether thoughts are others than those that were signed. Signatures of the real service are taken as they are, and so are those of
 * thoughts that were not shown.
 */
export function isTampered(thoughts: unknown, signature: unknown): boolean {
  if (typeof thoughts !== 'string' || typeof signature !== 'string' || thoughts === '') return false
  const signed = Buffer.from(signature, 'base64').toString('utf8')
  return signed.startsWith(PREFIX) && !signed.endsWith(`:${hashOf(thoughts)}`)
}
