/** Width and height of an image. Pixels. */
export interface Sides {
  width: number
  height: number
}

/** Headers lie at the beginning, behind what cameras write into a JPEG. Characters of base64. */
const LOOKED_AT = 200_000

/** Width and height of a PNG, GIF, JPEG or WebP in base64, as its own header says; nothing for what is none of these. */
export function imageSides(base64: string): Sides | undefined {
  const bytes = Buffer.from(base64.slice(0, LOOKED_AT), 'base64')
  if (bytes.length < 10) return undefined
  const magic = bytes.toString('latin1', 0, 4)
  if (magic === '\u0089PNG' && bytes.length >= 24)
    return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
  if (magic === 'GIF8') return { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) }
  if (magic === 'RIFF') return sidesOfWebp(bytes)
  return bytes.readUInt16BE(0) === 0xffd8 ? sidesOfJpeg(bytes) : undefined
}

/** Markers between C0 and CF that begin no frame. */
const NO_FRAMES = [0xc4, 0xc8, 0xcc]

function sidesOfJpeg(bytes: Buffer): Sides | undefined {
  for (let at = 2; at + 9 <= bytes.length && bytes[at] === 0xff; at += 2 + bytes.readUInt16BE(at + 2)) {
    const marker = bytes[at + 1]!
    if (marker >= 0xc0 && marker <= 0xcf && !NO_FRAMES.includes(marker))
      return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) }
  }
  return undefined
}

// Source: https://developers.google.com/speed/webp/docs/riff_container.
function sidesOfWebp(bytes: Buffer): Sides | undefined {
  if (bytes.length < 30) return undefined
  switch (bytes.toString('latin1', 12, 16)) {
    case 'VP8 ':
      return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff }
    case 'VP8L': {
      const bits = bytes.readUInt32LE(21)
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
    }
    case 'VP8X':
      return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 }
    default:
      return undefined
  }
}
