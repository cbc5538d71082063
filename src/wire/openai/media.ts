import { imageSides } from '../image-sides.ts'

// Source: https://platform.openai.com/docs/guides/images-vision (calculating costs).

const LOW_DETAIL = 85
const TILE = 170
const TILE_SIDE = 512
const MAX_SIDE = 2_048
const SHORT_SIDE = 768
/** Sides of an image that is only known by its address. Pixels. */
const UNKNOWN_SIDE = 1_024
/** Tokens of a sound: ten a second, of which a base64 text of 16-bit samples at 24 kHz has about 64,000 characters. */
const AUDIO_CHARACTERS_PER_TOKEN = 6_400
/** Tokens of a file by its base64 text: a page of a PDF has some 50 kB and 1,000 tokens. */
const FILE_CHARACTERS_PER_TOKEN = 64

/** Tokens of an image at a URL, which may be a data URL. */
export function imageTokens(url: unknown, detail: unknown): number {
  if (detail === 'low') return LOW_DETAIL
  const data = typeof url === 'string' ? /^data:[^,]*;base64,(.*)$/s.exec(url)?.[1] : undefined
  const { width, height } = (data && imageSides(data)) || { width: UNKNOWN_SIDE, height: UNKNOWN_SIDE }
  const shrunk = Math.min(1, MAX_SIDE / Math.max(width, height, 1))
  const scale = Math.min(shrunk, SHORT_SIDE / Math.max(Math.min(width, height), 1))
  const tiles = (side: number): number => Math.max(1, Math.ceil((side * scale) / TILE_SIDE))
  return LOW_DETAIL + TILE * tiles(width) * tiles(height)
}

const tokensOfText = (text: unknown, charactersPerToken: number): number =>
  typeof text === 'string' ? Math.ceil(text.length / charactersPerToken) : 0

/** Tokens of a sound by its length in base64. */
export const audioTokensOf = (characters: number): number => Math.ceil(characters / AUDIO_CHARACTERS_PER_TOKEN)

/** Tokens of a sound in base64. */
export const audioTokens = (data: unknown): number => tokensOfText(data, AUDIO_CHARACTERS_PER_TOKEN)

/** Tokens of a file in base64. */
export const fileTokens = (data: unknown): number => tokensOfText(data, FILE_CHARACTERS_PER_TOKEN)
