import { imageSides } from '../image-sides.ts'
import type { Part } from './content-request.ts'

// Source: https://ai.google.dev/gemini-api/docs/tokens (multimodal tokens).

/** Tokens of an image that is small, of a tile of one that is not, and of a page of a document. */
const TILE_TOKENS = 258
/** Sides up to which an image is one tile, and of a tile otherwise. Pixels. */
const SMALL_SIDE = 384
const TILE_SIDE = 768

/** Tokens and base64 characters of a second of sound and of film, as they are usually compressed. */
const SOUND = { tokens: 32, characters: 21_000 }
const FILM = { tokens: 263, characters: 330_000 }
/** Base64 characters of a page of a document. */
const PAGE_CHARACTERS = 64_000

const imageTokens = (data: string): number => {
  const size = imageSides(data)
  if (!size || Math.max(size.width, size.height) <= SMALL_SIDE) return TILE_TOKENS
  return TILE_TOKENS * Math.ceil(size.width / TILE_SIDE) * Math.ceil(size.height / TILE_SIDE)
}

const lasting = (data: string, { tokens, characters }: typeof SOUND): number =>
  tokens * Math.max(1, Math.ceil(data.length / characters))

/** Tokens of a part that is no text. Of a file elsewhere only its address is known: those of one tile. */
export function mediaTokensOf({ inlineData, fileData }: Part): number {
  if (!inlineData) return fileData ? TILE_TOKENS : 0
  const { mimeType = '', data = '' } = inlineData
  if (mimeType.startsWith('audio/')) return lasting(data, SOUND)
  if (mimeType.startsWith('video/')) return lasting(data, FILM)
  if (mimeType === 'application/pdf') return TILE_TOKENS * Math.max(1, Math.ceil(data.length / PAGE_CHARACTERS))
  return imageTokens(data)
}
