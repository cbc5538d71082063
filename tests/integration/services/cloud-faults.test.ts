import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelWithResponseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime'
import { GoogleGenAI } from '@google/genai'
import { AzureOpenAI } from 'openai'
import { describeOrchestration, type Fault, type SystemContext } from 'longhaul'

const gemini = new GoogleGenAI({ apiKey: 'test' })
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
const bedrock = new BedrockRuntimeClient({ region: 'us-east-1', credentials, maxAttempts: 1 })
const endpoint = 'https://mine.openai.azure.com'
const azure = new AzureOpenAI({ apiKey: 'test', endpoint, apiVersion: '2024-10-21', maxRetries: 0, logLevel: 'off' })

const question = 'Name three colours.'
const modelId = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
const converse = { modelId, messages: [{ role: 'user' as const, content: [{ text: question }] }] }
const chat = { model: 'gpt-4o', messages: [{ role: 'user' as const, content: question }] }
const invoke = {
  modelId,
  body: JSON.stringify({ anthropic_version: 'bedrock-2023-05-31', max_tokens: 100, messages: chat.messages }),
}
const patience = () => AbortSignal.timeout(60_000)
const content = () => ({ model: 'gemini-2.0-flash', contents: question, config: { abortSignal: patience() } })

/** Why the model stopped, as a program hears it; null where it hears nothing. */
type Heard = string | null

const lastOf = async <Part>(
  stream: AsyncIterable<Part>,
  finishIn: (part: Part) => Heard | undefined,
): Promise<Heard> => {
  let heard: Heard = null
  for await (const part of stream) heard = finishIn(part) ?? heard
  return heard
}

const WAYS = {
  Gemini: async () => {
    const { candidates, promptFeedback } = await gemini.models.generateContent(content())
    return candidates?.[0]?.finishReason ?? promptFeedback?.blockReason ?? null
  },
  'Gemini, streamed': async () =>
    lastOf(
      await gemini.models.generateContentStream(content()),
      ({ candidates, promptFeedback }) => candidates?.[0]?.finishReason ?? promptFeedback?.blockReason,
    ),
  Converse: async () =>
    (await bedrock.send(new ConverseCommand(converse), { abortSignal: patience() })).stopReason as string,
  'Converse, streamed': async () => {
    const { stream } = await bedrock.send(new ConverseStreamCommand(converse), { abortSignal: patience() })
    return lastOf(stream!, ({ messageStop }) => messageStop?.stopReason)
  },
  'InvokeModel, streamed': async () => {
    const { body } = await bedrock.send(new InvokeModelWithResponseStreamCommand(invoke), { abortSignal: patience() })
    return lastOf(body!, ({ chunk }) => {
      const { delta } = JSON.parse(new TextDecoder().decode(chunk!.bytes)) as { delta?: { stop_reason?: string } }
      return delta?.stop_reason
    })
  },
  Azure: async () =>
    (await azure.chat.completions.create(chat, { signal: patience() })).choices[0]!.finish_reason as string,
  'Azure, streamed': async () =>
    lastOf(
      await azure.chat.completions.create({ ...chat, stream: true }, { signal: patience() }),
      ({ choices }) => choices[0]?.finish_reason,
    ),
} satisfies Record<string, () => Promise<Heard>>
type Way = keyof typeof WAYS

/** What comes of a fault by each way: what the SDK throws, or what the program hears. */
type Seen = Record<'gemini' | 'bedrock' | 'azure', RegExp | Heard> & Partial<Record<Way, RegExp | Heard>>

const BROKEN = /terminated|NGHTTP2_INTERNAL_ERROR/
const SEEN: Partial<Record<Fault, Seen>> = {
  rate_limited: { gemini: /ApiError.*RESOURCE_EXHAUSTED/, bedrock: /ThrottlingException/, azure: /429 Requests to/ },
  overloaded: { gemini: /ApiError.*UNAVAILABLE/, bedrock: /ServiceUnavailableException/, azure: /503/ },
  server_error: { gemini: /ApiError.*INTERNAL/, bedrock: /InternalServerException/, azure: /500/ },
  bad_gateway: { gemini: /ApiError.*502 Bad Gateway/, bedrock: /SyntaxError/, azure: /502/ },
  hang: { gemini: /AbortError/, bedrock: /AbortError/, azure: /aborted/ },
  reset: { gemini: /fetch failed/, bedrock: /NGHTTP2_REFUSED_STREAM/, azure: /Connection error/ },
  reset_midway: { gemini: BROKEN, bedrock: BROKEN, azure: BROKEN },
  truncated: {
    gemini: /SyntaxError/,
    bedrock: /SyntaxError/,
    azure: /SyntaxError/,
    'Gemini, streamed': null,
    'Converse, streamed': null,
    'InvokeModel, streamed': null,
    'Azure, streamed': null,
  },
  malformed_json: { gemini: /SyntaxError/, bedrock: /SyntaxError/, azure: /SyntaxError/ },
  empty: { gemini: 'STOP', bedrock: 'end_turn', azure: 'stop' },
  refusal: { gemini: 'STOP', bedrock: 'end_turn', azure: 'stop', 'InvokeModel, streamed': 'refusal' },
  stream_error: {
    gemini: /ApiError.*UNAVAILABLE/,
    bedrock: /ModelStreamErrorException/,
    azure: /503|The server had an error/,
    Converse: /ServiceUnavailableException/,
  },
  stream_error_first: {
    gemini: /ApiError.*UNAVAILABLE/,
    bedrock: /ModelStreamErrorException/,
    azure: /503|The server had an error/,
    Converse: /ServiceUnavailableException/,
  },
  fragmented: { gemini: 'STOP', bedrock: 'end_turn', azure: 'stop' },
  // Some SDKs end a stream that is aborted as if it were over, and read what has come of a whole answer.
  stall_with_pings: {
    gemini: /AbortError/,
    bedrock: null,
    azure: /aborted/,
    Converse: /SyntaxError/,
    'Azure, streamed': null,
  },
  connection_refused: { gemini: /fetch failed/, bedrock: /NGHTTP2_REFUSED_STREAM/, azure: /Connection error/ },
  content_filter: {
    gemini: 'SAFETY',
    bedrock: 'content_filtered',
    azure: 'content_filter',
    'InvokeModel, streamed': 'refusal',
  },
  max_tokens: { gemini: 'MAX_TOKENS', bedrock: 'max_tokens', azure: 'length' },
  quota_exhausted: { gemini: /ApiError.*PerDay/, bedrock: /Too many tokens per day/, azure: /429/ },
  unauthorized: { gemini: /API_KEY_INVALID/, bedrock: /ExpiredTokenException/, azure: /401 Access denied/ },
  model_retired: { gemini: /no longer available/, bedrock: /ResourceNotFoundException/, azure: /410/ },
  prompt_filtered: { gemini: 'PROHIBITED_CONTENT', bedrock: /ValidationException/, azure: /400.*content management/ },
  html_page: {
    gemini: /SyntaxError|Incomplete JSON/,
    bedrock: /SyntaxError|Truncated event message/,
    // The SDK takes what is no JSON for text.
    azure: /Cannot read properties of undefined/,
    'Azure, streamed': null,
  },
}

const seenBy = (seen: Seen, way: Way): RegExp | Heard => {
  const own = seen[way]
  if (own !== undefined) return own
  return way.startsWith('Gemini') ? seen.gemini : way.startsWith('Azure') ? seen.azure : seen.bedrock
}

describeOrchestration(
  'a fault, as the official SDKs of Google, AWS and Azure tell of it',
  {
    system: ({ vars }: SystemContext) => (vars['call'] as () => Promise<unknown>)(),
    provider: { latency: '5s', replies: 'Red, then green, then blue.' },
  },
  (test) => {
    for (const [fault, seen] of Object.entries(SEEN) as [Fault, Seen][])
      for (const way of Object.keys(WAYS) as Way[])
        test(`${fault}: ${way}`, async ({ run, provider, expect }) => {
          provider.failNext(1, fault)
          const { result, error } = await run({ vars: { call: WAYS[way] } })
          const expected = seenBy(seen, way)
          if (expected instanceof RegExp) expect(`${error}`.replaceAll('\n', ' ')).toMatch(expected)
          else expect({ error, result }).toEqual({ error: undefined, result: expected })
        })
  },
)
