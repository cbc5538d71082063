import { expect, it } from 'vitest'
import { Http2Frames } from '../../../src/doors/frames.ts'

const frame = (length: number): Buffer => {
  const bytes = Buffer.alloc(9 + length, length % 251)
  bytes.writeUIntBE(length, 0, 3)
  return bytes
}

const LENGTHS = [0, 1, 8, 9, 10, 300, 70_000, 0, 0]

/** Lengths of what ends frames, whatever pieces it came in. */
function framesOf(pieces: readonly Buffer[]): number[] {
  const frames = new Http2Frames()
  const found: number[] = []
  let length = 0
  for (const { bytes, endsFrame } of pieces.flatMap((piece) => frames.cut(piece))) {
    length += bytes.length
    if (!endsFrame) continue
    found.push(length)
    length = 0
  }
  return found
}

it.each([1, 2, 3, 8, 9, 10, 17, 1_000, 100_000])(
  'finds the ends of frames that are written %i bytes at a time',
  (size) => {
    const all = Buffer.concat(LENGTHS.map(frame))
    const pieces = Array.from({ length: Math.ceil(all.length / size) }, (_, at) =>
      all.subarray(at * size, (at + 1) * size),
    )
    expect(framesOf(pieces)).toEqual(LENGTHS.map((length) => 9 + length))
  },
)

it('keeps all bytes in their order', () => {
  const all = Buffer.concat(LENGTHS.map(frame))
  const frames = new Http2Frames()
  const cut = [...frames.cut(all.subarray(0, 12)), ...frames.cut(all.subarray(12))]
  expect(Buffer.concat(cut.map(({ bytes }) => bytes)).equals(all)).toBe(true)
})
