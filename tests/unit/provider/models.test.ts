import { describe, expect, test } from 'vitest'
import { ModelCatalogue } from '../../../src/provider/models.ts'

const speed = { timeToFirstToken: '400ms', tokensPerSecond: 50 } as const

describe('a model', () => {
  test('that the price table has costs what it says', () => {
    expect(new ModelCatalogue({}).find('openai', 'gpt-4')).toEqual({
      id: 'gpt-4',
      contextWindow: 8_192,
      prices: { input: 30, output: 60 },
      speed: undefined,
    })
  })

  test('that nobody knows is not there', () => {
    const models = new ModelCatalogue({})
    expect(models.find('openai', 'gpt-none')).toBeUndefined()
    expect(models.find('openai', 'gpt-none')).toBeUndefined()
    expect(models.find('openai', 'toString')).toBeUndefined()
  })

  test('is looked up once, however often it is asked for', () => {
    const models = new ModelCatalogue({ own: {} })
    for (const id of ['gpt-4', 'own']) expect(models.find('openai', id)).toBe(models.find('openai', id))
  })

  test('of one service is none of another', () => {
    const models = new ModelCatalogue({})
    expect(models.find('openai', 'gpt-4')).toBeDefined()
    expect(models.find('anthropic', 'gpt-4')).toBeUndefined()
  })

  test("of the user's own has what is said of it, and costs nothing else", () => {
    expect(new ModelCatalogue({ own: { contextWindow: 100, speed } }).find('openai', 'own')).toEqual({
      id: 'own',
      contextWindow: 100,
      prices: { input: 0, output: 0 },
      speed,
    })
    expect(new ModelCatalogue({ own: {} }).find('any', 'own')).toMatchObject({ contextWindow: 128_000 })
  })

  test('that is known may be changed in a part', () => {
    const models = new ModelCatalogue({ 'gpt-4': { contextWindow: 50 } })
    expect(models.find('openai', 'gpt-4')).toMatchObject({ contextWindow: 50, prices: { input: 30, output: 60 } })
    const cheap = new ModelCatalogue({ 'gpt-4': { prices: { input: 1, output: 2 } } })
    expect(cheap.find('openai', 'gpt-4')).toMatchObject({ contextWindow: 8_192, prices: { input: 1, output: 2 } })
  })

  test('of a service that serves whatever it is asked for is free', () => {
    expect(new ModelCatalogue({}).find('*', 'anything')).toEqual({
      id: 'anything',
      contextWindow: 128_000,
      prices: { input: 0, output: 0 },
      speed: undefined,
    })
  })
})

test('all models of a service are listed once, the own ones first', () => {
  const models = new ModelCatalogue({ own: {}, 'gpt-4': { contextWindow: 50 } }).all('openai')
  expect(models.slice(0, 2)).toEqual([
    { id: 'own', contextWindow: 128_000 },
    { id: 'gpt-4', contextWindow: 50 },
  ])
  expect(models.filter(({ id }) => id === 'gpt-4')).toHaveLength(1)
  expect(models.map(({ id }) => id)).toContain('gpt-4o')
})

test('names that nobody has do not fill the memory, and the others are found as before', () => {
  const models = new ModelCatalogue({ own: {} })
  const own = models.find('openai', 'own')
  for (let nth = 0; nth < 1_001; nth++) models.find('openai', `none-${nth}`)
  expect(models.find('openai', 'own')).toEqual(own)
})
