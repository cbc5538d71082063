// Source: https://platform.openai.com/docs/guides/images-vision (calculating costs).

const LOW_DETAIL = 85
const TILE = 170
const TILE_SIDE = 512
const MOST_SIDE = 2_048
const SHORT_SIDE = 768
/** Sides of an image that is only known by its address. Pixels. */
const UNKNOWN_SIDE = 1_024
/** Tokens of a sound: ten a second, of which a base64 text of 16-bit samples at 24 kHz has about 64,000 characters. */
const AUDIO_CHARACTERS_PER_TOKEN = 6_400
/** Tokens of a file by its base64 text: a page of a PDF has some 50 kB and 1,000 tokens. */
const FILE_CHARACTERS_PER_TOKEN = 64

/** Width and height of an image in a data URL, as its own header says. */
function sidesOf(base64: string): { width: number; height: number } | undefined {
  const bytes = Buffer.from(base64.slice(0, 100_000), 'base64')
  if (bytes.length > 24 && bytes.readUInt32BE(0) === 0x89504e47)
    return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
  if (bytes.length > 10 && bytes.toString('latin1', 0, 3) === 'GIF')
    return { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) }
  return bytes.length > 4 && bytes.readUInt16BE(0) === 0xffd8 ? sidesOfJpeg(bytes) : undefined
}

function sidesOfJpeg(bytes: Buffer): { width: number; height: number } | undefined {
  for (let at = 2; at + 9 < bytes.length && bytes[at] === 0xff; at += 2 + bytes.readUInt16BE(at + 2)) {
    const marker = bytes[at + 1]!
    // Start of frame, whatever the coding; C4, C8 and CC are something else.
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) }
  }
  return undefined
}

/** Tokens of an image at a URL, which may be a data URL. */
export function imageTokens(url: unknown, detail: unknown): number {
  if (detail === 'low') return LOW_DETAIL
  const data = typeof url === 'string' ? /^data:[^,]*;base64,(.*)$/s.exec(url)?.[1] : undefined
  const { width, height } = (data && sidesOf(data)) || { width: UNKNOWN_SIDE, height: UNKNOWN_SIDE }
  const shrunk = Math.min(1, MOST_SIDE / Math.max(width, height, 1))
  const scale = Math.min(shrunk, SHORT_SIDE / Math.max(Math.min(width, height), 1))
  const tiles = (side: number): number => Math.max(1, Math.ceil((side * scale) / TILE_SIDE))
  return LOW_DETAIL + TILE * tiles(width) * tiles(height)
}

const tokensOfText = (text: unknown, charactersPerToken: number): number =>
  typeof text === 'string' ? Math.ceil(text.length / charactersPerToken) : 0

/** Tokens of a sound in base64. */
export const audioTokens = (data: unknown): number => tokensOfText(data, AUDIO_CHARACTERS_PER_TOKEN)

/** Tokens of a file in base64. */
export const fileTokens = (data: unknown): number => tokensOfText(data, FILE_CHARACTERS_PER_TOKEN)
