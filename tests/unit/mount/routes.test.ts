import { describe, expect, test } from 'vitest'
import { InvalidProviderConfigError, Trace, type ProviderConfig } from 'longhaul'
import { Provider } from '../../../src/provider/index.ts'
import { startClock } from '../../../src/clock/index.ts'
import { addressesOf, isProviderHost, routeOf } from '../../../src/mount/routes.ts'
import { KeyedRandom } from '../../../src/random/index.ts'

const provider = (config: ProviderConfig = {}): Provider =>
  new Provider(config, { clock: startClock({ kind: 'real' }), trace: new Trace(() => 0), random: new KeyedRandom(1) })
const route = (url: string, baseURLs: string[] = []) =>
  routeOf('POST', url, addressesOf(provider({ services: { gateway: { baseURLs } } })))

describe('spellings of one URL lead to the same operation', () => {
  test.each([
    'https://api.openai.com/v1/chat/completions',
    'https://API.OpenAI.com:443/v1/chat/completions',
    'HTTPS://api.openai.com/v1/chat/completions?beta=true#top',
    'https://user:secret@api.openai.com/v1/chat/completions',
    'https://api.openai.com./v1/chat/completions',
    'https://api.openai.com//v1//chat/completions/',
    'https://api.openai.com/v1/models/../chat/completions',
    'https://api.openai.com/v1/%2e/chat/completions',
    'https://api.openai.com/v1/ch%61t/completions',
    'https://api.openai.com\\v1\\chat\\completions',
    '  https://api.openai.com/v1/chat/completions\n',
    'https://api%2Eopenai.com/v1/chat/completions',
  ])('%j', (url) => {
    expect(route(url)).toMatchObject({ provider: 'openai', endpoint: { operation: 'chat.completions' } })
  })

  test.each([
    'https://gateway.example/llm/v1',
    'https://GATEWAY.example:443/llm/v1/',
    'https://key@gateway.example./llm//v1/?version=2#x',
    ' https://gateway.example/llm/%76%31',
  ])('a base URL given as %j', (baseURL) => {
    expect(route('https://gateway.example/llm/v1/chat/completions', [baseURL])).toMatchObject({ provider: 'gateway' })
  })
})

describe('other places are other places', () => {
  test.each([
    'http://api.openai.com/v1/chat/completions',
    'https://api.openai.com:8443/v1/chat/completions',
    'https://api.openai.com.example.org/v1/chat/completions',
    'https://example.org/?https://api.openai.com/v1/chat/completions',
    'https://api.openai.com@example.org/v1/chat/completions',
    'https://gateway.example/llm/v10/chat/completions',
    'https://gateway.example/LLM/v1/chat/completions',
    'no URL',
  ])('%j', (url) => {
    expect(route(url, ['https://gateway.example/llm/v1'])).toBeUndefined()
  })

  test('what a service has beside is its own, and not simulated', () => {
    for (const path of ['/chat/completions', '/v1/assistants', '/v1', '/', '/v1/chat%2Fcompletions'])
      expect(route(`https://api.openai.com${path}`)).toMatchObject({ provider: 'openai', endpoint: undefined })
  })

  test('the rest of a host that is shared is not', () => {
    expect(route('http://localhost:4000/app', ['http://localhost:4000/llm/v1'])).toBeUndefined()
  })

  test('the longer of two base URLs goes first', () => {
    const providers = {
      wide: { baseURLs: ['https://gateway.example'] },
      narrow: { baseURLs: ['https://gateway.example/narrow'] },
    }
    const addresses = addressesOf(provider({ providers }))
    expect(routeOf('POST', 'https://gateway.example/narrow/embeddings', addresses)?.provider).toBe('narrow')
    expect(routeOf('POST', 'https://gateway.example/embeddings', addresses)?.provider).toBe('wide')
  })
})

test.each([
  ...['agent.deepgram.com', 'streaming.assemblyai.com', 'api.eu.elevenlabs.io', 'api.cartesia.ai', 'api.hume.ai'],
  ...['eu2.rt.speechmatics.com', 'chatgpt.com'],
])('%s, at which clients open a WebSocket, is a real provider', (host) => {
  expect(isProviderHost(host)).toBe(true)
})

test('a host of a provider is known in any spelling', () => {
  for (const host of ['api.openai.com', 'API.X.AI', 'openrouter.ai.', 'me.services.ai.azure.com', 'api.moonshot.ai'])
    expect(isProviderHost(host), host).toBe(true)
  for (const host of ['openai.com.example.org', 'notopenai.com', 'localhost', 'azure.com'])
    expect(isProviderHost(host), host).toBe(false)
})

test.each(['localhost:1234/v1', 'gateway.example/v1', '', 'ftp://gateway.example', '/v1'])(
  'the base URL %j is refused with the option that it stands in',
  (baseURL) => {
    const wrong = () => provider({ services: { gateway: { baseURLs: [baseURL] } } })
    expect(wrong).toThrow(InvalidProviderConfigError)
    expect(wrong).toThrow(/provider\.services\.gateway\.baseURLs.*http:\/\/localhost:1234\/v1/)
  },
)
