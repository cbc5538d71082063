import { describe, expect, test } from 'vitest'
import { spanExporter } from 'longhaul/otel'
import { Trace, type EventBody } from '../../../src/trace/index.ts'
import { call, finds, story } from '../../given/story.ts'

type Part = ReturnType<typeof call>
type Attributes = Readonly<Record<string, string | number | string[]>>

/** A span as an exporter gets it, put into a story. */
function span(at: number, attributes: Attributes, { error = false } = {}): Part {
  const bodies: EventBody[] = []
  spanExporter({ append: (body) => bodies.push(body) }).export(
    [
      {
        name: 'chat gpt-4o-mini',
        attributes: attributes as never,
        status: error ? { code: 2, message: 'overloaded' } : { code: 0 },
        duration: [1, 500_000_000],
      },
    ],
    () => {},
  )
  return bodies.map((body) => [at, body] as const)
}
const chat = (more: Attributes = {}): Attributes => ({
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-4o-mini',
  'gen_ai.usage.input_tokens': 10,
  'gen_ai.usage.output_tokens': 10,
  ...more,
})
const found = (...parts: readonly Part[]): string[] => finds('spans', story(...parts))

describe('the check of spans finds nothing', () => {
  test('where nobody tells spans', () => {
    expect(found(call(1, { from: 0, to: 10 }))).toEqual([])
    expect(found(call(1, { from: 0, to: 10 }), span(10, { 'http.request.method': 'GET' }))).toEqual([])
  })

  test('where they tell what was answered', () => {
    expect(found(call(1, { from: 0, to: 10 }), span(10, chat()))).toEqual([])
  })

  test('where one stands for a call with its retries', () => {
    const first = call(1, { from: 0, to: 10, fault: 'overloaded' })
    expect(found(first, call(2, { from: 900, to: 950, retryOf: 1 }), span(950, chat()))).toEqual([])
  })

  test('where a call fails, and its span says so by its type or by its status', () => {
    const failed = call(1, { from: 0, to: 10, fault: 'overloaded' })
    expect(found(failed, span(10, chat({ 'error.type': 'overloaded' })))).toEqual([])
    expect(found(failed, span(10, chat(), { error: true }))).toEqual([])
  })

  test('where who has enough of an answer breaks it off', () => {
    const broken = call(1, { from: 0, to: 10, fault: 'disconnected' })
    const known = { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o-mini' }
    expect(found(broken, span(10, known))).toEqual([])
  })

  test('where the span of an agent sums up those of its calls', () => {
    const whole = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.request.model': 'gpt-4o-mini' }
    expect(
      found(
        call(1, { from: 0, to: 10 }),
        span(10, chat()),
        span(11, chat({ ...whole, 'gen_ai.usage.input_tokens': 99 })),
      ),
    ).toEqual([])
  })

  test('where an empty answer counts as a failure', () => {
    expect(
      found(call(1, { from: 0, to: 10, blemish: 'empty' }), span(10, chat({ 'error.type': 'EmptyAnswer' }))),
    ).toEqual([])
  })

  test('where a test asks something itself', () => {
    expect(found(call(1, { from: 0, to: 10 }), span(10, chat()), call(2, { from: 20, to: 30, run: null }))).toEqual([])
  })

  test('where spans have the names of earlier conventions, or tell no tokens', () => {
    const earlier = {
      'gen_ai.system': 'openai',
      'gen_ai.request.model': 'gpt-4o-mini',
      'gen_ai.usage.prompt_tokens': 10,
      'gen_ai.usage.completion_tokens': 10,
    }
    const bare = { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o-mini' }
    expect(found(call(1, { from: 0, to: 10 }), span(10, earlier))).toEqual([])
    expect(found(call(1, { from: 0, to: 10 }), span(10, bare))).toEqual([])
  })

  test('where a deployment has a name of its own, and the answer tells the model', () => {
    const deployed = chat({ 'gen_ai.request.model': 'my-deployment', 'gen_ai.response.model': 'gpt-4o-mini' })
    expect(found(call(1, { from: 0, to: 10 }), span(10, deployed))).toEqual([])
  })
})

describe('the check of spans finds', () => {
  test('an answer that nobody has given', () => {
    expect(found(call(1, { from: 0, to: 10, fault: 'overloaded' }), span(10, chat()))).toEqual([
      'spans report 1 answers of gpt-4o-mini, and the service gave 0',
    ])
  })

  test('a call of which no span tells, and one that is told twice', () => {
    expect(found(call(1, { from: 0, to: 10 }), call(2, { from: 20, to: 30 }), span(10, chat()))).toEqual([
      'the service answered 2 calls to gpt-4o-mini, and spans report 1 answers and 0 failures',
    ])
    expect(found(call(1, { from: 0, to: 10 }), span(10, chat()), span(10, chat()))).toEqual([
      'spans report 2 answers of gpt-4o-mini, and the service gave 1',
    ])
  })

  test('an answer that is told as a failure', () => {
    expect(found(call(1, { from: 0, to: 10 }), span(10, chat({ 'error.type': 'TypeError' })))).toEqual([
      'the service answered 1 calls to gpt-4o-mini, and spans report 0 answers and 1 failures',
    ])
  })

  test('tokens that are left out, and tokens that nobody has billed', () => {
    const told = (tokens: number) =>
      found(call(1, { from: 0, to: 10 }), span(10, chat({ 'gen_ai.usage.input_tokens': tokens })))
    expect(told(4)).toEqual([
      'spans report 4 input tokens of gpt-4o-mini, and the service bills 10 for the answered calls',
    ])
    expect(told(20)).toEqual(['spans report 20 input tokens of gpt-4o-mini, and the service bills 10'])
  })

  test('the wrong model', () => {
    expect(found(call(1, { from: 0, to: 10 }), span(10, chat({ 'gen_ai.request.model': 'gpt-4o' })))).toEqual([
      'spans report 1 answers of gpt-4o, and the service gave 0',
      'the service answered 1 calls to gpt-4o-mini, and spans report 0 answers and 0 failures',
    ])
  })
})

test('outside of a test spans are dropped', () => {
  const exported: number[] = []
  spanExporter().export(
    [{ name: 'chat', attributes: chat() as never, status: { code: 0 }, duration: [0, 1] }],
    ({ code }) => exported.push(code),
  )
  expect(exported).toEqual([0])
})

test('a trace with spans is read again as it was written', () => {
  const trace = new Trace(() => 0)
  for (const [, body] of span(0, chat())) trace.append(body)
  expect([...Trace.parse(trace.toNDJSON())]).toEqual([...trace])
})
