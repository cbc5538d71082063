import { describe, expect, test } from 'vitest'
import { callerOf, runInForce, withinRun } from '../../../src/provider/callers.ts'
import { actAs } from '../../../src/provider/index.ts'
import { request } from './provider-under-test.ts'

type Said = Partial<ReturnType<typeof request>['messages'][number]>
const message = (over: Said) => ({
  role: 'user' as const,
  text: 'Hello.',
  toolCalls: [],
  cacheBreakpoint: false,
  ...over,
})
const agentOf = (over: Parameters<typeof request>[0] = {}, header?: string, identify?: () => string | undefined) =>
  callerOf(request(over), header, identify).agent

describe('who calls', () => {
  test("is who the user's function says, then the header, then who acts, then what the request says", async () => {
    const hinted = { callerHints: ['', 'hinted'] }
    expect(agentOf(hinted)).toBe('hinted')
    await actAs('actor', () => {
      expect(agentOf(hinted)).toBe('actor')
      expect(agentOf(hinted, 'named')).toBe('named')
      expect(agentOf(hinted, 'named', () => 'identified')).toBe('identified')
      expect(agentOf(hinted, 'named', () => undefined)).toBe('named')
      return Promise.resolve()
    })
  })

  test('who says nothing is named after the conversation', () => {
    const named = agentOf({ callerHints: [] })
    expect(named).toMatch(/^caller-[0-9a-f]{8}$/)
    expect(agentOf({ callerHints: [''] })).toBe(named)
    expect(agentOf({ callerHints: [], messages: [message({ text: 'Bye.' })] })).not.toBe(named)
  })
})

describe('a conversation', () => {
  const conversationOf = (...messages: Said[]) =>
    callerOf(request({ messages: messages.map(message) }), undefined, undefined)
  const same = (one: Said[], other: Said[]) =>
    conversationOf(...one).conversation === conversationOf(...other).conversation

  test('is known by how it opens: its instructions and its first question', () => {
    const opening: Said[] = [{ role: 'system', text: 'You are Ann.' }, { text: 'Hello.' }]
    expect(same(opening, [...opening, { role: 'assistant', text: 'Hi.' }, { text: 'More.' }])).toBe(true)
    expect(same(opening, [{ role: 'system', text: 'You are Ben.' }, { text: 'Hello.' }])).toBe(false)
    expect(same(opening, [{ role: 'system', text: 'You are Ann.' }, { text: 'Bye.' }])).toBe(false)
    expect(same([{ text: 'Hello.' }], [{ role: 'system', text: 'Hello.' }])).toBe(false)
    expect(same([{ text: 'Look.', mediaTokens: 85 }], [{ text: 'Look.', mediaTokens: 170 }])).toBe(false)
  })

  test('counts its questions by the answers that it holds', () => {
    expect(conversationOf({ text: 'Hello.' }).turn).toBe(1)
    const answer = { role: 'assistant' as const, text: 'Hi.' }
    expect(conversationOf({ text: 'Hello.' }, answer, { text: 'More.' }, answer, { text: 'And?' }).turn).toBe(3)
  })
})

test('code knows the run that it belongs to, whatever it waits for', async () => {
  expect(runInForce()).toBeUndefined()
  await withinRun(7, async () => {
    await Promise.resolve()
    expect(runInForce()).toBe(7)
    expect(withinRun(null, runInForce)).toBeNull()
  })
  expect(runInForce()).toBeUndefined()
})
