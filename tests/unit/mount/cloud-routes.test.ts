import { describe, expect, test } from 'vitest'
import { Trace } from 'longhaul'
import { Provider } from '../../../src/provider/index.ts'
import { startClock } from '../../../src/clock/index.ts'
import { addressesOf, isProviderHost, routeOf } from '../../../src/mount/routes.ts'
import { KeyedRandom } from '../../../src/random/index.ts'

const dependencies = { clock: startClock({ kind: 'real' }), trace: new Trace(() => 0), random: new KeyedRandom(1) }
const addresses = addressesOf(new Provider({}, dependencies))
const route = (url: string, method = 'POST') => routeOf(method, `https://${url}`, addresses)

const GEMINI = 'generativelanguage.googleapis.com'
const VERTEX = 'us-central1-aiplatform.googleapis.com/v1/projects/mine/locations/us-central1'
const RUNTIME = 'bedrock-runtime.us-east-1.amazonaws.com/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0'
const AZURE = 'mine.openai.azure.com/openai'

describe('an address leads to what it is for', () => {
  test.each([
    [`${GEMINI}/v1beta/models/gemini-2.5-pro:generateContent`, 'google', 'generateContent'],
    [`${GEMINI}/v1/models/gemini-2.5-pro:streamGenerateContent?alt=sse`, 'google', 'generateContent'],
    [`${GEMINI}/v1alpha/models/gemini-2.5-pro:countTokens`, 'google', 'countTokens'],
    [`${GEMINI}/v1beta/models/gemini-embedding-001:embedContent`, 'google', 'embeddings'],
    [`${GEMINI}/v1beta/models/gemini-embedding-001:batchEmbedContents`, 'google', 'embeddings'],
    [`${GEMINI}/v1beta/tunedModels/mine:generateContent`, 'google', 'generateContent'],
    [`${GEMINI}/v1beta/openai/chat/completions`, 'google', 'chat.completions'],
    [`${VERTEX}/publishers/google/models/gemini-2.5-pro:generateContent`, 'google', 'generateContent'],
    [`${VERTEX}/publishers/google/models/gemini-embedding-001:predict`, 'google', 'embeddings'],
    [`${VERTEX}/endpoints/openapi/chat/completions`, 'google', 'chat.completions'],
    ['aiplatform.googleapis.com/v1beta1/publishers/google/models/g:generateContent', 'google', 'generateContent'],
    ['aiplatform.eu.rep.googleapis.com/v1/publishers/google/models/g:generateContent', 'google', 'generateContent'],
    [`${RUNTIME}/converse`, 'bedrock', 'converse'],
    [`${RUNTIME}/converse-stream`, 'bedrock', 'converse'],
    [`${RUNTIME}/invoke`, 'bedrock', 'invokeModel'],
    [`${RUNTIME}/invoke-with-response-stream`, 'bedrock', 'invokeModel'],
    ['bedrock-runtime-fips.us-gov-west-1.amazonaws.com/model/m/converse', 'bedrock', 'converse'],
    ['bedrock-runtime.cn-north-1.amazonaws.com.cn/model/m/converse', 'bedrock', 'converse'],
    ['bedrock-runtime.eu-west-1.api.aws/model/m/converse', 'bedrock', 'converse'],
    ['vpce-0a1b-2c.bedrock-runtime.us-east-1.vpce.amazonaws.com/model/m/converse', 'bedrock', 'converse'],
    ['bedrock-mantle.us-west-2.api.aws/openai/v1/responses', 'bedrock', 'responses'],
    [`${AZURE}/deployments/gpt-4o/chat/completions?api-version=2024-10-21`, 'azure', 'chat.completions'],
    [`${AZURE}/deployments/emb/embeddings?api-version=2024-10-21`, 'azure', 'embeddings'],
    [`${AZURE}/v1/responses`, 'azure', 'responses'],
    [`${AZURE}/responses?api-version=2025-04-01-preview`, 'azure', 'responses'],
    ['mine.services.ai.azure.com/models/chat/completions?api-version=2024-05-01-preview', 'azure', 'chat.completions'],
    ['mine.services.ai.azure.com/api/projects/p/openai/v1/responses', 'azure', 'responses'],
    ['mine.cognitiveservices.azure.com/openai/v1/chat/completions', 'azure', 'chat.completions'],
  ])('%s', (url, provider, operation) => {
    expect(route(url)).toMatchObject({ provider, endpoint: { operation } })
  })

  test('with what its path names', () => {
    const deployment = `${AZURE}/deployments/my%20own/chat/completions?api-version=2024-10-21`
    expect(route(deployment)!.params).toEqual({ deployment: 'my own' })
    expect(route(`${RUNTIME}/converse`)!.params).toEqual({ modelId: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0' })
    const arn = encodeURIComponent('arn:aws:bedrock:us-east-1:1:inference-profile/us.amazon.nova-lite-v1:0')
    expect(route(`bedrock-runtime.us-east-1.amazonaws.com/model/${arn}/converse`)!.endpoint).toBeDefined()
    expect(route(`${GEMINI}/v1beta/models/gemini-2.5-pro:generateContent`)!.params).toEqual({
      version: 'v1beta',
      model: 'gemini-2.5-pro',
    })
  })

  test('a service that is not a runtime is none that is simulated', () => {
    expect(route('bedrock.us-east-1.amazonaws.com/foundation-models', 'GET')).toBeUndefined()
    expect(route('storage.googleapis.com/v1/models/m:generateContent')).toBeUndefined()
    expect(route(`${GEMINI}/v1beta/interactions`)).toMatchObject({ provider: 'google', endpoint: undefined })
  })
})

test.each([
  GEMINI,
  'asia-east1-aiplatform.googleapis.com',
  'aiplatform.us.rep.googleapis.com',
  'bedrock.us-east-1.amazonaws.com',
  'bedrock-runtime-fips.us-gov-west-1.amazonaws.com',
  'bedrock-runtime.cn-north-1.amazonaws.com.cn',
  'bedrock-agent-runtime.eu-central-1.amazonaws.com',
  'bedrock-mantle.us-west-2.api.aws',
  'vpce-0a1b-2c.bedrock-runtime.us-east-1.vpce.amazonaws.com',
  'mine.openai.azure.com',
  'mine.openai.azure.us',
  'mine.cognitiveservices.azure.com',
  'mine.services.ai.azure.com',
])('%s is a real provider, and is never called', (host) => {
  expect(isProviderHost(host)).toBe(true)
})
