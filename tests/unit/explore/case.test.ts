import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FAULT_NAMES, type ProviderConfig } from '../../../src/provider/index.ts'
import { checkCase, decodeCase, encodeCase, InvalidCaseError, type Case } from '../../../src/explore/case.ts'
import { casesOf, InvalidSweepError, maxShrunkOf, nameOf, sliceOf } from '../../../src/explore/sweep.ts'

const fault = fc.constantFrom(...FAULT_NAMES)
const anyCase = fc.record(
  {
    seed: fc.oneof(fc.integer(), fc.string()),
    failRate: fc.double({ min: 0, max: 1, noNaN: true }),
    faults: fc.array(fault),
    schedule: fc.array(fc.record({ agent: fc.string(), nth: fc.nat(), fault })),
    latency: fc.nat(),
    vars: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.integer()),
    agents: fc.array(fc.string()),
  },
  { requiredKeys: ['seed'] },
)

describe('a case as one word', () => {
  test('comes back as it was', () => {
    fc.assert(
      fc.property(anyCase, (given) => {
        const id = encodeCase(given as Case)
        expect(id).toMatch(/^1-[\w-]+$/)
        expect(decodeCase(id)).toEqual(JSON.parse(JSON.stringify(given)))
      }),
      { seed: 1 },
    )
  })

  test.for(['', '1-', '1-AAAA', '2-abc', `${encodeCase({ seed: 1 }).slice(0, -2)}`])('%j is refused', (id) => {
    expect(() => decodeCase(id)).toThrow(InvalidCaseError)
  })

  test('what is wrong with one is said', () => {
    expect(() => checkCase({ seed: 1, failRate: 2 }, 'a.json')).toThrow('a.json: failRate is 2, which is not valid.')
    expect(() => checkCase({ seed: 1, rate: 1 }, 'a.json')).toThrow(
      /a case has no part "rate". There are: seed, failRate/,
    )
    expect(() => checkCase({}, 'a.json')).toThrow('the seed is missing')
    expect(() => checkCase([], 'a.json')).toThrow('is not a case')
  })

  test('that was kept when its latency was a number of milliseconds is read', () => {
    expect(checkCase({ seed: 1, latencyMs: 1_000 }, 'a.json')).toEqual({ seed: 1, latency: 1_000 })
    expect(() => checkCase({ seed: 1, latency: 'long' }, 'a.json')).toThrow('latency is "long", which is not valid.')
  })

  test('garbage never does more than be refused', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => decodeCase(`1-${text}`)).toThrow(InvalidCaseError)
      }),
      { seed: 1 },
    )
  })
})

describe('the cases of a sweep', () => {
  test('are every combination, seed by seed', () => {
    const cases = casesOf({ seeds: 2, failRate: [0, 0.5], vars: { rounds: [1, 9] }, swarm: false }, { first: 7 })
    expect(cases.map(nameOf)).toEqual([
      'seed 7, fail rate 0, rounds 1',
      'seed 7, fail rate 0, rounds 9',
      'seed 7, fail rate 0.5, rounds 1',
      'seed 7, fail rate 0.5, rounds 9',
      'seed 8, fail rate 0, rounds 1',
      'seed 8, fail rate 0, rounds 9',
      'seed 8, fail rate 0.5, rounds 1',
      'seed 8, fail rate 0.5, rounds 9',
    ])
  })

  test('a swarm has each kind of fault in about half of them, and never none', () => {
    const cases = casesOf({ seeds: 1_000, failRate: 0.2 }, { first: 1 })
    const share = (name: string): number =>
      cases.filter(({ faults }) => (faults as readonly string[]).includes(name)).length / cases.length
    for (const name of ['rate_limited', 'hang', 'reset']) expect(share(name)).toBeCloseTo(0.5, 1)
    expect(cases.every(({ faults }) => faults!.length > 0)).toBe(true)
  })

  test.each<[string, ProviderConfig, boolean]>([
    ['no call can fail', {}, false],
    ['only a window lets calls fail, with faults of its own', { windows: [{ from: 0, failRate: 1 }] }, false],
    ['the fail rate is 0', { failRate: 0, agents: { ann: { failRate: 0 } } }, false],
    ['there is a fail rate', { failRate: 0.1 }, true],
    ['an agent has one', { agents: { ann: { failRate: 0.1 } } }, true],
    ['a service has one', { services: { openai: { failRate: 0.1 } } }, true],
    ['failures come in bursts', { bursts: { meanOn: '1m', meanOff: '1h' } }, true],
  ])('a swarm of seeds only: %s', (_, provider, hasFaults) => {
    const [first] = casesOf({ seeds: 1 }, { first: 1, provider })
    expect(first!.faults !== undefined).toBe(hasFaults)
    if (!hasFaults) expect(nameOf(first!)).toBe('seed 1')
  })

  test('parts of the whole are disjoint and complete', () => {
    const all = Array.from({ length: 10 }, (_, seed) => ({ seed }))
    const parts = ['1/3', '2/3', '3/3'].flatMap((part) => sliceOf(all, part))
    expect(parts.toSorted((a, b) => Number(a.seed) - Number(b.seed))).toEqual(all)
    expect(() => sliceOf(all, '4/3')).toThrow(InvalidSweepError)
  })

  test('too many, or none', () => {
    expect(() => casesOf({ seeds: 0 }, { first: 1 })).toThrow(InvalidSweepError)
    expect(() => casesOf({ seeds: 60_000, failRate: [0, 0.2] }, { first: 1 })).toThrow(/has 120000 cases/)
  })
})

test('how many failing cases are made smaller has its former name too', () => {
  expect([{}, { shrinkMost: 1 }, { maxShrunk: 0 }, { shrinkMost: 1, maxShrunk: 2 }].map(maxShrunkOf)).toEqual([
    3, 1, 0, 2,
  ])
  expect(casesOf({ seeds: 1, shrinkMost: 1 }, { first: 1 })).toHaveLength(1)
})
