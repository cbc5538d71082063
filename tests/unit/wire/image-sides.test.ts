import sharp from 'sharp'
import { expect, test } from 'vitest'
import { imageSides } from '../../../src/wire/image-sides.ts'

const blank = sharp({ create: { width: 321, height: 123, channels: 4, background: '#abc' } })

test.each([
  ['png', blank.clone().png()],
  ['jpeg', blank.clone().jpeg()],
  ['progressive jpeg', blank.clone().jpeg({ progressive: true })],
  ['gif', blank.clone().gif()],
  ['lossy webp', blank.clone().flatten().webp()],
  ['lossless webp', blank.clone().webp({ lossless: true })],
  ['webp with transparency', sharp({ create: { width: 321, height: 123, channels: 4, background: '#abcd' } }).webp()],
])('the sides of a %s are read from its header', async (_, image) => {
  const bytes = await image.toBuffer()
  expect(imageSides(bytes.toString('base64'))).toEqual({ width: 321, height: 123 })
})

test.each(['', 'aGVsbG8=', 'iVBORw0KGgo=', '/9j/4AAQSkZJRg==', 'UklGRgAAAABXRUJQVlA4WA=='])(
  'what is no image, or only its beginning, has none: %j',
  (text) => {
    expect(imageSides(text)).toBeUndefined()
  },
)
