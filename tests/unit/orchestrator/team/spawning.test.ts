import { describe, expect, test } from 'vitest'
import { namesFor, readSpawning } from '../../../../src/orchestrator/team/spawning.ts'

describe('what SPAWN is given', () => {
  test('names one agent', () => {
    expect(readSpawning('helper', {})).toEqual({
      base: 'helper',
      count: null,
      isNamed: true,
      template: undefined,
      settings: {},
    })
  })

  test('sets it up', () => {
    const options = {
      profile: 'worker',
      role: 'critic',
      model: 'gpt-4o',
      prompt: 'You help.',
      initial_prompt: 'Begin.',
      capabilities: ['read', 'write'],
      max_tokens: '50',
      template: 'ann',
      count: 3,
    }
    expect(readSpawning(null, options)).toEqual({
      base: 'worker',
      count: 3,
      isNamed: false,
      template: 'ann',
      settings: {
        profile: 'worker',
        role: 'critic',
        model: 'gpt-4o',
        systemPrompt: 'You help.',
        initialPrompt: 'Begin.',
        capabilities: ['read', 'write'],
        maxTokens: 50,
      },
    })
  })

  test('tells it what it is to know', () => {
    const { settings } = readSpawning('a', { prompt: 'You help.', vars: { mood: 'calm' }, context: { round: 2 } })
    expect(settings).toEqual({
      systemPrompt: 'You help.\n{"mood":"calm","round":2}',
      vars: { mood: 'calm', round: 2 },
    })
  })

  test('may be a profile with options of its own; the rest of it are variables', () => {
    const { base, settings } = readSpawning(null, { profile: { profile: 'worker', role: 'critic', mood: 'calm' } })
    expect(base).toBe('worker')
    expect(settings).toEqual({
      profile: 'worker',
      role: 'critic',
      systemPrompt: '{"mood":"calm"}',
      vars: { mood: 'calm' },
    })
  })

  test('may name it in several ways', () => {
    expect(readSpawning('one', { name: 'two' }).base).toBe('two')
    expect(readSpawning('one', { agent_id: 'three' }).base).toBe('three')
    expect(readSpawning(null, {}).base).toBe('agent')
  })

  test('is refused where it has no such option', () => {
    expect(() => readSpawning('a', { modle: 'gpt-4o' })).toThrow('SPAWN has no option "modle". Did you mean "model"?')
  })
})

describe('the names of agents that are made', () => {
  const named = (base: string, count: number | null, isNamed: boolean, ...taken: string[]) =>
    namesFor({ base, count, isNamed, template: undefined, settings: {} }, (name) => taken.includes(name))

  test('are what was said of one', () => {
    expect(named('helper', null, true, 'helper')).toEqual(['helper'])
  })

  test('have numbers where there are several, or none was said', () => {
    expect(named('helper', 2, true)).toEqual(['helper_1', 'helper_2'])
    expect(named('worker', null, false)).toEqual(['worker_1'])
    expect(named('worker', 0, false)).toEqual([])
  })

  test('are not taken', () => {
    expect(named('helper', 2, true, 'helper_1', 'helper_3')).toEqual(['helper_2', 'helper_4'])
  })
})
