import { describe, expect, test } from 'vitest'
import { placeOf, segmentsOf } from '../../../src/mount/place.ts'

const same = (one: string, other: string): void => expect(placeOf(new URL(one))).toEqual(placeOf(new URL(other)))

describe('two URLs lead to the same place', () => {
  test.each([
    ['the case of the host', 'https://API.OpenAI.com/v1', 'https://api.openai.com/v1'],
    ['the default port', 'https://api.openai.com:443/v1', 'https://api.openai.com/v1'],
    ['a dot behind the host', 'https://api.openai.com./v1', 'https://api.openai.com/v1'],
    ['user and password', 'https://ann:secret@api.openai.com/v1', 'https://api.openai.com/v1'],
    ['empty segments', 'https://api.openai.com//v1/', 'https://api.openai.com/v1'],
    ['escapes', 'https://api.openai.com/v1/%63hat', 'https://api.openai.com/v1/chat'],
    ['query and fragment', 'https://api.openai.com/v1?a=1#b', 'https://api.openai.com/v1'],
  ])('but for %s', (_, one, other) => same(one, other))
})

describe('two URLs do not, with', () => {
  test.each([
    ['another protocol', 'http://api.openai.com/v1', 'https://api.openai.com/v1'],
    ['another port', 'https://api.openai.com:8443/v1', 'https://api.openai.com/v1'],
    ['the case of the path', 'https://api.openai.com/V1', 'https://api.openai.com/v1'],
  ])('%s', (_, one, other) => {
    expect(placeOf(new URL(one))).not.toEqual(placeOf(new URL(other)))
  })
})

test('a place has its port where that is not the default one', () => {
  expect(placeOf(new URL('http://127.0.0.1:8080/a/b'))).toEqual({
    protocol: 'http:',
    host: '127.0.0.1:8080',
    segments: ['a', 'b'],
  })
})

test.each([
  ['/a/b', ['a', 'b']],
  ['', []],
  ['/', []],
  ['/models/a%3Ab', ['models', 'a:b']],
  // One that would become two, or is no text, stays as it is.
  ['/models/a%2Fb', ['models', 'a%2Fb']],
  ['/models/%ff', ['models', '%ff']],
  ['/100%', ['100%']],
])('the segments of %j are %j', (path, segments) => {
  expect(segmentsOf(path)).toEqual(segments)
})
