import { describe, expect, test } from 'vitest'
import {
  answerTo,
  lineOf,
  MAX_LINE,
  MAX_DEPTH,
  quoted,
  readRequest,
  refusal,
  RefusedError,
} from '../../../src/daemon/protocol.ts'

describe('a request', () => {
  test.each([
    ['{"event":"system:health"}', { event: 'system:health', data: {}, correlationId: null }],
    ['{"event":"a","data":{"b":1},"correlation_id":"c"}', { event: 'a', data: { b: 1 }, correlationId: 'c' }],
    ['{"event":"a","correlation_id":7}', { event: 'a', data: {}, correlationId: '7' }],
    ['{"event":"a","data":null}', { event: 'a', data: {}, correlationId: null }],
    ['{"event":"a","correlation_id":null}', { event: 'a', data: {}, correlationId: null }],
    ['{"event":"a","data":{"__proto__":{"x":1},"y":2}}', { event: 'a', data: { y: 2 }, correlationId: null }],
  ])('%s is read', (line, request) => {
    expect(readRequest(line)).toEqual(request)
  })

  test('may have an id of 256 characters, and no more', () => {
    const line = (length: number) => JSON.stringify({ event: 'a', correlation_id: 'x'.repeat(length) })
    expect(readRequest(line(256))).toMatchObject({ event: 'a' })
    expect(readRequest(line(257))).toEqual({
      error: 'The correlation_id of a request must be a text of at most 256 characters',
    })
  })

  test.each([
    ['nonsense', /^Invalid JSON: /],
    ['[]', 'Invalid JSON: a request must be an object'],
    ['null', 'Invalid JSON: a request must be an object'],
    ['7', 'Invalid JSON: a request must be an object'],
    ['{}', 'Missing event name'],
    ['{"event":""}', 'Missing event name'],
    ['{"event":7}', 'Missing event name'],
    ['{"event":"a","data":[]}', 'The data of an event must be an object'],
    ['{"event":"a","data":"b"}', 'The data of an event must be an object'],
    ['{"event":"a","correlation_id":{}}', /^The correlation_id of a request must be a text/],
    ['{"event":"a","correlation_id":true}', /^The correlation_id of a request must be a text/],
  ])('%s is wrong', (line, error) => {
    expect(readRequest(line)).toEqual({ error: expect.stringMatching(error) as string })
  })

  test('that is wrong keeps its id, by which its client knows it', () => {
    expect(readRequest('{"event":"a","data":[],"correlation_id":"c"}')).toEqual({
      error: 'The data of an event must be an object',
      correlation_id: 'c',
    })
    expect(readRequest('{"correlation_id":7}')).toEqual({ error: 'Missing event name', correlation_id: '7' })
  })

  test('that nests too deep is refused before it is read', () => {
    const nested = (levels: number) => `{"event":"a","data":{"x":${'['.repeat(levels)}${']'.repeat(levels)}}}`
    expect(readRequest(nested(MAX_DEPTH - 2))).toMatchObject({ event: 'a' })
    expect(readRequest(nested(MAX_DEPTH - 1))).toEqual({
      error: 'Invalid JSON: more than 100 lists and blocks are nested',
    })
  })
})

describe('an answer', () => {
  const request = { event: 'agent:list', data: {}, correlationId: 'c' }

  test('has the id of its request, and a status', () => {
    expect(answerTo(request, { count: 2 })).toEqual({
      event: 'agent:list',
      count: 1,
      correlation_id: 'c',
      timestamp: expect.any(Number) as number,
      data: {
        status: 'success',
        count: 2,
        _timestamp: expect.any(Number) as number,
        _response_id: expect.stringMatching(/^resp_[0-9a-f]{8}$/) as string,
      },
    })
  })

  test('keeps the status that its handler gives', () => {
    expect(answerTo(request, { status: 'queued' })).toMatchObject({ data: { status: 'queued' } })
  })

  test('that is too long is refused with what to do', () => {
    const most = 4 * MAX_LINE
    expect(lineOf({ a: 'x'.repeat(most - 8) })).toHaveLength(most)
    expect(() => lineOf({ a: 'x'.repeat(most - 7) })).toThrow(
      `The answer has ${most + 1} characters, which is more than the limit of ${most} characters. Request less: set a smaller limit, or request one item at a time.`,
    )
    expect(() => lineOf({ a: 'x'.repeat(most) })).toThrow(RefusedError)
  })

  test('of a request that a handler refuses says why, with its details', () => {
    expect(refusal(new RefusedError('No.', { similar: ['a'] }))).toEqual({
      error: 'No.',
      status: 'failed',
      similar: ['a'],
    })
    expect(refusal(new Error('Oh.'))).toEqual({ error: 'Oh.', status: 'failed' })
    expect(refusal('Oh.')).toEqual({ error: 'Oh.', status: 'failed' })
  })
})

test('a value that a client has given is quoted, and cut where it is long', () => {
  expect(quoted('a "b"')).toBe(String.raw`"a \"b\""`)
  expect(quoted([7])).toBe('[7]')
  expect(quoted(undefined)).toBe('undefined')
  expect(quoted('x'.repeat(198))).toHaveLength(200)
  expect(quoted('x'.repeat(199))).toBe(`"${'x'.repeat(199)}… (201 characters)`)
})
