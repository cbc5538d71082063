import { BasicTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import OpenAI from 'openai'
import { actAs, type SystemContext } from 'longhaul'
import { spanExporter } from 'longhaul/otel'

/**
 * What the small systems of the gallery are made of.
 */

const patient = new OpenAI({ apiKey: 'test', maxRetries: 2, timeout: 60_000 })
const plain = new OpenAI({ apiKey: 'test', maxRetries: 0, timeout: 600_000 })

interface Asking {
  signal?: AbortSignal | undefined
  client?: OpenAI
  history?: { role: 'user' | 'assistant'; content: string }[]
  model?: string
}

/** One question of an agent, and its answer. */
export const ask = (
  agent: string,
  content: string,
  { signal, client = plain, history = [], model = 'gpt-4o-mini' }: Asking = {},
): Promise<string> =>
  actAs(agent, async () => {
    const { choices } = await client.chat.completions.create(
      { model, messages: [...history, { role: 'user', content }] },
      signal && { signal },
    )
    return choices[0]!.message.content ?? ''
  })

/** A picture: nothing simulates those. */
export const draw = (agent: string, prompt: string): Promise<unknown> =>
  actAs(agent, async () => plain.images.generate({ model: 'gpt-image-1', prompt }))

/** Reads a streamed answer to its end. */
export const read = (agent: string, content: string, signal?: AbortSignal): Promise<string> =>
  actAs(agent, async () => {
    const stream = await plain.chat.completions.create(
      { model: 'gpt-4o-mini', messages: [{ role: 'user', content }], stream: true },
      signal && { signal },
    )
    let text = ''
    for await (const { choices } of stream) text += choices[0]?.delta.content ?? ''
    return text
  })

/** An agent that remembers what it was asked, and what it answered, in one history. */
export function sharing(agent: string, history: { role: 'user' | 'assistant'; content: string }[]) {
  return async (content: string): Promise<void> => {
    const before = [...history]
    history.push({ role: 'user', content })
    history.push({ role: 'assistant', content: await ask(agent, content, { history: before }) })
  }
}

/** An agent that calls the tool that its model asks for, at most so many steps. */
export async function searching(
  agent: string,
  steps: number,
  search: (step: number) => Promise<string>,
): Promise<void> {
  const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'Find it.' }]
  for (let step = 0; step < steps; step++) {
    const { choices } = await actAs(agent, () =>
      plain.chat.completions.create({
        model: 'gpt-4o-mini',
        messages,
        tools: [{ type: 'function', function: { name: 'search', parameters: { type: 'object', properties: {} } } }],
      }),
    )
    const { message } = choices[0]!
    messages.push(message)
    for (const { id } of message.tool_calls ?? [])
      messages.push({ role: 'tool', tool_call_id: id, content: await search(step) })
  }
}

export const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

/** A gather of one question to all agents; `abort` says whether the timeout reaches the calls. */
export async function vote(
  { agents, report, signal: outer }: SystemContext,
  name: string,
  { timeoutMs, abort = true }: { timeoutMs: number; abort?: boolean },
): Promise<{ received: string[]; calls: Promise<unknown>[] }> {
  const gather = report.gather(name, { from: agents, timeout: timeoutMs, atLeast: 1 })
  const received: string[] = []
  let over = false
  const signal = abort ? AbortSignal.any([AbortSignal.timeout(timeoutMs), outer]) : outer
  const calls = agents.map(async (agent) => {
    await ask(agent, `${name}?`, { signal })
    // Who is late is not heard any more.
    if (over) return
    received.push(agent)
    gather.received(agent)
  })
  for (const call of calls) call.catch(() => {})
  await Promise.race([Promise.allSettled(calls), sleep(timeoutMs)])
  over = true
  gather.end()
  return { received: [...received], calls }
}

/** Tries again after a failure; `pause` says how long to wait before which attempt. */
export async function retrying<Result>(
  attempts: number,
  pause: (attempt: number) => number,
  work: () => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (attempt >= attempts) throw error
      await sleep(pause(attempt))
    }
  }
}

/** Exponential backoff with full jitter. */
export const fullJitter = (attempt: number): number => 200 + Math.random() * 1_000 * 2 ** attempt

/** Pauses of one to two seconds that double, as LangChain's clients make them. */
export const growing = (attempt: number): number => 1_000 * 2 ** (attempt - 1) * (1 + Math.random())

/** What a question costs, by a client that reckons so many picodollars for a cached token of the prompt. gpt-4o-mini, of the list price. */
export async function askAndReckon(
  agent: string,
  { system, content, cachedPrice }: { system: string; content: string; cachedPrice: number },
): Promise<number> {
  const { usage } = await actAs(agent, () =>
    plain.chat.completions.create({
      model: 'gpt-4o-mini',
      messages: [
        { role: 'system', content: system },
        { role: 'user', content },
      ],
    }),
  )
  const cached = usage!.prompt_tokens_details?.cached_tokens ?? 0
  return (usage!.prompt_tokens - cached) * 150_000 + cached * cachedPrice + usage!.completion_tokens * 600_000
}

export { patient }

const tracer = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spanExporter())] }).getTracer('told')

/**
 * A streamed answer, and a span of it by the conventions.
 *
 * @param sums how the usage that chunks report is made one
 * @param tellsErrors whether a span says that its call has failed
 */
export async function told(
  agent: string,
  { sums, tellsErrors }: { sums: (reported: readonly number[]) => number; tellsErrors: boolean },
): Promise<void> {
  const model = 'gpt-4o-mini'
  const span = tracer.startSpan(`chat ${model}`, {
    attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'openai', 'gen_ai.request.model': model },
  })
  const output: number[] = []
  try {
    await actAs(agent, async () => {
      const stream = await plain.chat.completions.create({
        model,
        messages: [{ role: 'user', content: 'What is new?' }],
        stream: true,
        stream_options: { include_usage: true },
      })
      for await (const { usage } of stream) if (usage) output.push(usage.completion_tokens)
    })
    span.setAttribute('gen_ai.usage.output_tokens', sums(output))
  } catch (error) {
    if (tellsErrors) span.setAttribute('error.type', (error as Error).name)
  } finally {
    span.end()
  }
}
