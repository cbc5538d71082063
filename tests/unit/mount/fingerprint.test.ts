import { describe, expect, test } from 'vitest'
import { fingerprintOf } from '../../../src/mount/fingerprint.ts'

const of = (body: Record<string, unknown>): string => fingerprintOf(JSON.stringify(body), body)
const question = { model: 'm', messages: [{ role: 'user', content: 'Why?' }] }
const toolTurn = (id: string, argument = 7) => ({
  model: 'm',
  messages: [
    { role: 'assistant', tool_calls: [{ id, type: 'function', function: { name: 'read', arguments: '{}' } }] },
    { role: 'tool', tool_call_id: id, content: String(argument) },
  ],
})

describe('two requests ask the same', () => {
  test.each([
    ['with other marks of the client', { metadata: { request_id: 'b' }, user: 'u2', safety_identifier: 's' }],
    ['with another key of its cache', { prompt_cache_key: 'k2' }],
  ])('%s', (_, fields) => {
    const marks = { metadata: { request_id: 'a' }, user: 'u1', safety_identifier: 'r', prompt_cache_key: 'k1' }
    expect(of({ ...question, ...marks, ...fields })).toBe(of({ ...question, ...marks }))
  })

  test('when the calls of tools in their history have other ids', () => {
    expect(of(toolTurn('call_a'))).toBe(of(toolTurn('call_b')))
  })

  test.each<[string, (id: string) => Record<string, unknown>]>([
    ['Anthropic', (id) => ({ messages: [{ content: [{ type: 'tool_result', tool_use_id: id, content: 'x' }] }] })],
    ['Google', (id) => ({ contents: [{ parts: [{ functionCall: { id, name: 'read', args: {} } }] }] })],
    ['Responses', (id) => ({ input: [{ type: 'message', id, content: 'x' }] })],
  ])('in the words of %s, too', (_, body) => {
    expect(of(body('a'))).toBe(of(body('b')))
  })
})

describe('two requests ask for different things', () => {
  test('when what tools are given or gave differs by an id', () => {
    const call = (id: string) => ({ messages: [{ content: [{ type: 'tool_use', id: 'a', input: { id } }] }] })
    expect(of(call('1'))).not.toBe(of(call('2')))
    expect(of(toolTurn('a', 1))).not.toBe(of(toolTurn('a', 2)))
  })

  test('when results belong to other calls', () => {
    const swapped = (first: string, second: string) => ({
      messages: [{ tool_calls: [{ id: 'a' }, { id: 'b' }] }, { tool_call_id: first }, { tool_call_id: second }],
    })
    expect(of(swapped('a', 'b'))).not.toBe(of(swapped('b', 'a')))
  })

  test('when they point to other things that the service keeps', () => {
    expect(of({ input: [{ type: 'item_reference', id: 'a' }] })).not.toBe(
      of({ input: [{ type: 'item_reference', id: 'b' }] }),
    )
    expect(of({ previous_response_id: 'a', user: 'u' })).not.toBe(of({ previous_response_id: 'b', user: 'u' }))
  })

  test('and a form is known by its text', () => {
    expect(fingerprintOf('"id": 1', {})).not.toBe(fingerprintOf('"id": 2', {}))
  })
})
