import { describe, expect, test } from 'vitest'
import { brownout, InvalidProviderConfigError, outage, type ProviderConfig } from '../../../../src/provider/index.ts'
import { providerOptions } from '../../../../src/provider/options/config.ts'
import { never } from '../../../../src/provider/latency.ts'
import { provide } from '../provider-under-test.ts'

/** What is said of a set-up that cannot be. */
function refusalOf(check: () => unknown): string {
  try {
    check()
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidProviderConfigError)
    return (error as Error).message
  }
  throw new Error('This was taken.')
}
const said = (config: object): string => refusalOf(() => providerOptions(config, 'provider'))

describe('what makes no sense is refused by its name, with what was given and what to give', () => {
  const WRONG: [object, RegExp][] = [
    [
      { latency: '0' },
      /^provider\.latency is "0"\. Give milliseconds as a number.* For 0 milliseconds, give the number 0/,
    ],
    [{ latency: 'banana' }, /^provider\.latency is "banana"\. Give milliseconds/],
    [{ latency: -1 }, /^provider\.latency is -1\./],
    [{ latency: Number.NaN }, /^provider\.latency is NaN\./],
    [{ latency: Number.POSITIVE_INFINITY }, /Give never\(\)/],
    [{ latency: null }, /^provider\.latency is null\./],
    [{ latency: { median: '4s', p95: '8s' } }, /^provider\.latency is an object\. .*lognormal/],
    [{ latency: () => 5 }, /^provider\.latency is a function\./],
    [{ agents: { ann: { latency: '5 parsecs' } } }, /^provider\.agents\.ann\.latency is "5 parsecs"/],
    [{ models: { own: { latency: '' } } }, /^provider\.models\.own\.latency is ""/],
    [{ services: { openai: { latency: true } } }, /^provider\.services\.openai\.latency is true/],
    [{ failRate: 1.5 }, /^provider\.failRate is 1\.5\. Give a share from 0/],
    [{ failRate: '0.5' }, /^provider\.failRate is "0\.5"/],
    [{ failRate: Number.NaN }, /^provider\.failRate is NaN/],
    [
      { faults: { overloded: 1 } },
      /^provider\.faults has "overloded", which is not a known fault\. Did you mean "overloaded"\?/,
    ],
    [{ faults: { zebra: 1 } }, /which is not a known fault\. There are: rate_limited, /],
    [{ faults: { hang: -1 } }, /^provider\.faults\.hang is -1/],
    [{ faults: { hang: 0 } }, /^provider\.faults is .*without any weight/],
    [{ faults: ['hang'] }, /^provider\.faults is a list/],
    [{ windows: [{ fromMs: 0, forMs: 1 }] }, /^provider\.windows\[0\]\.rate is missing/],
    [{ windows: [{ from: 0, for: 1 }] }, /^provider\.windows\[0\]\.failRate is missing/],
    [{ windows: outage({ from: 0, for: 1 }) }, /^provider\.windows is an object\. Give a list/],
    [{ bursts: { meanOn: '10s' } }, /^provider\.bursts\.meanOff is missing/],
    [{ bursts: { meanOn: '10s', meanOff: 'long' } }, /^provider\.bursts\.meanOff is "long"/],
    [{ rateLimits: { requestsPerMinute: 0 } }, /^provider\.rateLimits\.requestsPerMinute is 0/],
    [
      { rateLimits: { requestPerMinute: 5 } },
      /no option provider\.rateLimits\.requestPerMinute\. Did you mean "requestsPerMinute"/,
    ],
    [{ rateLimits: { tokensPerMinute: '9000' } }, /tokensPerMinute is "9000"/],
    [{ concurrency: 0 }, /^provider\.concurrency is 0\. Give a whole number of at least 1/],
    [{ concurrency: 1.5 }, /^provider\.concurrency is 1\.5/],
    [{ services: { openai: { concurrency: Number.NaN } } }, /^provider\.services\.openai\.concurrency is NaN/],
    [{ models: { own: { contextWindow: -5 } } }, /^provider\.models\.own\.contextWindow is -5/],
    [{ models: { own: { prices: { input: 1 } } } }, /^provider\.models\.own\.prices\.output is missing/],
    [{ models: { own: { prices: { input: '$1', output: 2 } } } }, /prices\.input is "\$1"/],
    [{ models: { own: { speed: { timeToFirstToken: '1s', tokensPerSecond: 0 } } } }, /speed\.tokensPerSecond is 0/],
    [{ models: { own: { speed: { tokensPerSecond: 5 } } } }, /speed\.timeToFirstToken is missing/],
    [{ retryAfter: 'soon' }, /^provider\.retryAfter is "soon"/],
    [{ slowFactor: -2 }, /^provider\.slowFactor is -2/],
    [{ slowFactor: '5x' }, /^provider\.slowFactor is "5x"/],
    [{ latencyScale: Number.NaN }, /^provider\.latencyScale is NaN/],
    [{ schedule: [{ agent: 'ann', nth: -1, fault: 'hang' }] }, /^provider\.schedule\[0\]\.nth is -1/],
    [{ schedule: [{ agent: 'ann', nth: 0, fault: 'hangs' }] }, /fault is "hangs"\. .*Did you mean "hang"/],
    [{ replies: 5 }, /^provider\.replies is 5/],
    [{ replies: [{ content: 'x' }] }, /^provider\.replies\[0\]\.reply is missing/],
    [{ replies: [{ reply: { txt: 'x' } }] }, /no option provider\.replies\[0\]\.reply\.txt\. Did you mean "text"/],
    [{ replies: [{ turn: 0, reply: 'x' }] }, /^provider\.replies\[0\]\.turn is 0/],
    [{ agents: { ann: { reply: ['x', 5] } } }, /^provider\.agents\.ann\.reply\[1\] is 5/],
    [{ identify: 'ann' }, /^provider\.identify is "ann"/],
    [{ latncy: '5s' }, /^There is no option provider\.latncy\. Did you mean "latency"/],
    ...['localhost:1', 'api.own.com', 'ftp://own.com', 'xhttps://own.com', '/v1'].map((url): [object, RegExp] => [
      { services: { own: { baseURLs: ['https://own.com', url] } } },
      new RegExp(`^provider\\.services\\.own\\.baseURLs\\[1\\] is "${url}"\\. Give whole URLs, such as http`),
    ]),
    [{ services: { own: { baseURLs: [new URL('https://own.com')] } } }, /baseURLs\[0\] is a URL\. Give whole URLs/],
    [{ replies: [{ reply: { text: 5 } }] }, /^provider\.replies\[0\]\.reply\.text is 5\. Give a text\./],
    [{ agents: { ann: { reply: { reasoning: 5 } } } }, /^provider\.agents\.ann\.reply\.reasoning is 5\. Give a text\./],
    [
      { agents: { ann: { reply: null } } },
      /^provider\.agents\.ann\.reply is null\. Give an object with some of: text, /,
    ],
    [{ agents: { ann: { reply: { toolCalls: [{}] } } } }, /reply\.toolCalls\[0\]\.name is missing/],
    [{ agents: { ann: { reply: { toolCalls: [{ name: 'a', arguments: 5 }] } } } }, /arguments is 5\. Give an object\./],
    [{ agents: { ann: { reply: { hosted: [{ query: 'x' }] } } } }, /reply\.hosted\[0\]\.kind is missing/],
    [{ agents: { ann: { reply: { hosted: [{ kind: 'a', query: 5 }] } } } }, /query is 5\. Give a text\./],
    [{ agents: { ann: { reply: { sequence: ['x'] } } } }, /^provider\.agents\.ann\.reply\.by is missing/],
    [{ agents: { ann: { reply: { sequence: ['x'], by: 'turn' } } } }, /reply\.by is "turn"\. Give the unit to count\./],
    [{ agents: { ann: { reply: { sequence: [], by: 'call' } } } }, /reply\.sequence is an empty list/],
    [{ windows: [5] }, /^provider\.windows\[0\] is 5\. Give an object with some of: .*\bfailRate\b/],
    [{ windows: [null] }, /^provider\.windows\[0\] is null\. Give an object/],
    [{ latency: 'x'.repeat(99) }, /^provider\.latency is "x{60}"\. /],
    [{ services: { openai: { concurrency: new Date() } } }, /concurrency is a Date\. /],
    [{ services: { openai: { concurrency: Object.create(null) as object } } }, /concurrency is an object\. /],
  ]
  test.each(WRONG.map(([config, words]) => [JSON.stringify(config), config, words] as const))(
    '%s',
    (_, config, words) => {
      expect(said(config)).toMatch(words)
    },
  )

  test('a provider of such a set-up is never made', () => {
    expect(() => provide({ latency: '0' as never })).toThrow(InvalidProviderConfigError)
  })
})

test('windows say at once what they cannot be', () => {
  expect(refusalOf(() => outage({ from: 'later' as never, for: '2m' }))).toMatch(/^outage\.from is "later"/)
  expect(refusalOf(() => outage({ from: 0, for: -1 }))).toMatch(/^outage\.for is -1/)
  expect(refusalOf(() => outage({ from: 0, fault: 'unauthorised' as never }))).toMatch(/Did you mean "unauthorized"/)
  expect(refusalOf(() => brownout({ from: 0, for: 1, failRate: 2 }))).toMatch(/^brownout\.failRate is 2/)
  expect(refusalOf(() => brownout({ from: 0, for: 1, slow: Number.NaN }))).toMatch(/^brownout\.slow is NaN/)
})

test('who lets calls fail says by what, and how many', () => {
  const { provider, clock } = provide()
  clock.stop()
  expect(refusalOf(() => provider.failNext(1, 'overload' as never))).toMatch(
    /^failNext: the fault is "overload"\. .*Did you mean "overloaded"/,
  )
  for (const count of [-1, 0.5])
    expect(refusalOf(() => provider.failNext(count, 'hang'))).toBe(
      `failNext: the number of calls is ${count}. Give the number of calls as a whole number.`,
    )
  expect(refusalOf(() => provider.failNext(1, 'hang', { agnt: 'ann' } as never))).toMatch(
    /^There is no option failNext: the scope\.agnt\. Did you mean "agent"/,
  )
  provider.failNext(0, 'hang')
  provider.failNext(Number.POSITIVE_INFINITY, 'hang')
})

test('what makes sense is taken', () => {
  const config: ProviderConfig = {
    latency: 0,
    failRate: 1,
    faults: { stall: 1, hang: 0 },
    agents: { ann: { latency: never(), reply: [{ text: 'x' }, 'y'] }, ben: {} },
    models: {
      own: {
        contextWindow: 1_000,
        prices: { input: { base: 1, tiers: [{ start: 100, price: 2 }] }, output: 0 },
        speed: { timeToFirstToken: '400ms', tokensPerSecond: 80, prefillTokensPerSecond: 2_000 },
      },
    },
    services: { groq: { baseURLs: ['https://api.groq.com/openai/v1'], idempotency: true, concurrency: 3 } },
    windows: [outage({ from: '5m', fault: 'unauthorized' }), brownout({ from: 0, for: '1m', every: '1h' })],
    bursts: { meanOn: '10s', meanOff: '1m' },
    concurrency: Number.POSITIVE_INFINITY,
    replies: [{ content: /x/, reply: () => 'x' }],
  }
  expect(() => providerOptions(config, 'provider')).not.toThrow()
})

test.each<object>([
  { faults: {} },
  { faults: { hang: undefined, reset: 1 } },
  { services: { own: { baseURLs: ['http://localhost:1', 'https://own.com/v1'] } } },
  { replies: [{ content: 'x', model: 'm', reply: { text: '', reasoning: '', refusal: true } }] },
  { replies: ['x', { json: null }] },
  { replies: { toolCalls: [{ name: 'a' }, { name: 'b', arguments: 'text', id: 'c' }, { name: 'c', arguments: {} }] } },
  { agents: { ann: { reply: { sequence: ['x', { pause: true }], by: 'call' } } } },
  {
    agents: {
      ann: { reply: { hosted: [{ kind: 'web_search', name: 'a', query: '', id: 'b' }], usage: { input: 0 } } },
    },
  },
  { windows: [{ fromMs: 0, forMs: 1, rate: 0.5, mix: {}, slowFactor: 1, agent: 'ann' }] },
  { windows: [{ from: 0, failRate: 1, for: '1s', every: '1m', mix: { hang: 1 }, slow: 2, service: 'openai' }] },
])('%j is taken', (config) => {
  expect(() => providerOptions(config, 'provider')).not.toThrow()
})

test('a key that expires is refused from then on, for good', async () => {
  const { ask, clock } = provide({ latency: '1s', windows: [outage({ from: '8h', fault: 'unauthorized' })] })
  const kinds: string[] = []
  for (let hours = 0; hours < 3; hours++) {
    kinds.push((await ask()).at(-1)!.kind)
    await clock.supervise(() => clock.sleep(5 * 3_600_000))
  }
  clock.stop()
  expect(kinds).toEqual(['whole', 'whole', 'refusal'])
})

test('a quota is whole again when its window ends', async () => {
  const { ask, trace, clock } = provide({ windows: [outage({ from: 0, for: '3d', fault: 'quota_exhausted' })] })
  await ask()
  clock.stop()
  const [failed] = trace.ofType('call.failed')
  expect(failed!.at + failed!.retryAfterMs!).toBe(3 * 86_400_000)
})
