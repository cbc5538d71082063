/**
 * `longhaul/otel`: a run as spans and metrics of OpenTelemetry.
 *
 * @packageDocumentation
 */
import {
  context,
  SpanKind,
  SpanStatusCode,
  trace as tracing,
  type Attributes,
  type Context,
  type Meter,
  type Tracer,
} from '@opentelemetry/api'
import { callsOf, type CallRecord, type Trace } from '../trace/index.ts'

export { spanExporter, type EndedSpan, type TracingExporter } from './span-exporter.ts'

// Source of names: OpenTelemetry's semantic conventions for generative AI (development status), spans, agent spans and metrics.

/** Options of the export of a trace as spans. */
export interface SpanOptions {
  /** Unix time in milliseconds at which the trace begins. Default: 2025-01-01T00:00:00Z, so that spans are the same in each run. */
  epoch?: number
}

const DEFAULT_EPOCH = Date.UTC(2025, 0, 1)
/** Names that the conventions give to services, where they are not those of longhaul. */
const PROVIDERS: Readonly<Record<string, string>> = {
  google: 'gcp.gemini',
  bedrock: 'aws.bedrock',
  azure: 'azure.ai.openai',
  mistral: 'mistral_ai',
  xai: 'x_ai',
}
/** What an operation is called. */
const OPERATIONS: Readonly<Record<string, string>> = { embeddings: 'embeddings', completions: 'text_completion' }
const operationOf = (operation: string): string => OPERATIONS[operation] ?? 'chat'
const providerOf = (provider: string): string => PROVIDERS[provider] ?? provider

/** What went wrong with a call, as `error.type`. */
const errorOf = ({ status, fault }: CallRecord): string | undefined =>
  status === 'failed' || status === 'refused' ? (fault ?? '_OTHER') : undefined

function attributesOf(call: CallRecord, operation: string): Attributes {
  const attributes: Attributes = {
    'gen_ai.operation.name': operationOf(operation),
    'gen_ai.provider.name': providerOf(call.provider),
    'gen_ai.request.model': call.model,
    'gen_ai.conversation.id': call.conversation,
    'gen_ai.agent.name': call.agent,
    'gen_ai.usage.input_tokens': call.usage.input,
    'gen_ai.usage.output_tokens': call.usage.output,
    'gen_ai.usage.cache_read.input_tokens': call.usage.cachedInput,
    'gen_ai.usage.cache_creation.input_tokens': call.usage.cacheWrite,
    'gen_ai.usage.reasoning.output_tokens': call.usage.reasoning,
    'longhaul.call': call.call,
    'longhaul.attempt': call.attempt,
    'longhaul.cost.picodollars': Number(call.cost),
  }
  if (call.finish !== undefined) attributes['gen_ai.response.finish_reasons'] = [call.finish]
  if (call.status === 'ended') attributes['gen_ai.response.model'] = call.model
  const error = errorOf(call)
  if (error !== undefined) attributes['error.type'] = error
  return attributes
}

/** Operations of calls, which their records do not have. */
function operationsIn(trace: Trace): Map<number, string> {
  return new Map(trace.ofType('call.arrived').map(({ call, operation }) => [call, operation]))
}

/**
 * Exports a trace as spans: `invoke_workflow` for each run, `invoke_agent` for each agent in it, `chat` for each call
 * and `execute_tool` for each watched function, with simulated times.
 *
 * @example
 * ```ts
 * const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(new OTLPTraceExporter())] })
 * exportSpans(outcome.trace, provider.getTracer('longhaul'))
 * ```
 */
export function exportSpans(trace: Trace, tracer: Tracer, { epoch = DEFAULT_EPOCH }: SpanOptions = {}): void {
  const operations = operationsIn(trace)
  const calls = callsOf(trace)
  const last = [...trace].at(-1)?.at ?? 0
  const at = (ms: number): number => epoch + ms
  /** Ends a span and gives the context below it. */
  const span = (
    name: string,
    { from, to, parent, attributes, error, kind = SpanKind.INTERNAL }: Told,
    inside: (below: Context) => void = () => {},
  ): void => {
    const made = tracer.startSpan(name, { startTime: at(from), kind, attributes }, parent)
    inside(tracing.setSpan(parent, made))
    if (error !== undefined) made.setStatus({ code: SpanStatusCode.ERROR, message: error })
    made.end(at(to))
  }
  const tellCall = (call: CallRecord, parent: Context): void => {
    const operation = operations.get(call.call) ?? 'chat'
    const error = errorOf(call)
    span(`${operationOf(operation)} ${call.model}`, {
      from: call.arrivedAt,
      to: call.endedAt ?? last,
      parent,
      attributes: attributesOf(call, operation),
      kind: SpanKind.CLIENT,
      ...(error !== undefined && { error }),
    })
  }
  const tellAgents = (own: readonly CallRecord[], parent: Context): void => {
    for (const agent of new Set(own.map((call) => call.agent))) {
      const its = own.filter((call) => call.agent === agent)
      const attributes = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': agent }
      // Not spread into a call: there may be more of them than a call takes.
      const from = its.reduce((first, { arrivedAt }) => Math.min(first, arrivedAt), last)
      const to = its.reduce((end, { endedAt }) => Math.max(end, endedAt ?? last), 0)
      span(`invoke_agent ${agent}`, { from, to, parent, attributes }, (below) => {
        for (const call of its) tellCall(call, below)
      })
    }
  }
  const runs = runsIn(trace, last)
  for (const { seq, name, from, to, error } of runs) {
    const attributes = { 'gen_ai.operation.name': 'invoke_workflow', 'gen_ai.workflow.name': name }
    const own = calls.filter((call) => call.run === seq || (runs.length === 1 && call.run === undefined))
    const parent = context.active()
    span(
      `invoke_workflow ${name}`,
      { from, to, parent, attributes, ...(error !== undefined && { error }) },
      (below) => {
        tellAgents(own, below)
        for (const tool of toolsIn(trace, from, to))
          span(`execute_tool ${tool.name}`, { ...tool, parent: below, attributes: toolAttributes(tool) })
      },
    )
  }
  const told = new Set(runs.map(({ seq }) => seq as number | null | undefined))
  if (runs.length === 1) told.add(undefined)
  tellAgents(
    calls.filter((call) => !told.has(call.run)),
    context.active(),
  )
}

interface Told {
  from: number
  to: number
  parent: Context
  attributes: Attributes
  error?: string
  kind?: SpanKind
}

interface Tool {
  name: string
  from: number
  to: number
  error?: string
}

const toolAttributes = ({ name, error }: Tool): Attributes => ({
  'gen_ai.operation.name': 'execute_tool',
  'gen_ai.tool.name': name,
  ...(error !== undefined && { 'error.type': '_OTHER' }),
})

/** Watched functions that returned or threw within a run. */
function toolsIn(trace: Trace, from: number, to: number): Tool[] {
  return trace.ofType('watch.returned', 'watch.threw').flatMap((event) => {
    if (event.at < from || event.at > to) return []
    const tool = { name: event.name, from: event.at - event.afterMs, to: event.at }
    return [event.type === 'watch.threw' ? { ...tool, error: event.message } : tool]
  })
}

function runsIn(trace: Trace, last: number) {
  const ends = trace.ofType('run.ended')
  return trace.ofType('run.started').map(({ seq, name, at }) => {
    const end = ends.find(({ causes }) => causes.includes(seq))
    return {
      seq,
      name,
      from: at,
      to: end?.at ?? last,
      error: end?.status === 'failed' ? end.message : undefined,
    }
  })
}

const SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92]
const TOKENS = [
  ...[1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864],
]

/**
 * Records a trace as metrics: `gen_ai.client.operation.duration`, `gen_ai.client.operation.time_to_first_chunk` and
 * `gen_ai.client.token.usage`, with the conventions' buckets.
 *
 * @example
 * ```ts
 * recordMetrics(outcome.trace, meterProvider.getMeter('longhaul'))
 * ```
 */
export function recordMetrics(trace: Trace, meter: Meter): void {
  const histogram = (name: string, unit: string, description: string, explicitBucketBoundaries: number[]) =>
    meter.createHistogram(name, { unit, description, advice: { explicitBucketBoundaries } })
  const duration = histogram('gen_ai.client.operation.duration', 's', 'GenAI operation duration.', SECONDS)
  const first = histogram(
    'gen_ai.client.operation.time_to_first_chunk',
    's',
    'Time to receive the first chunk of a streamed answer.',
    SECONDS,
  )
  const usage = histogram('gen_ai.client.token.usage', '{token}', 'Number of input and output tokens used.', TOKENS)
  const operations = operationsIn(trace)
  for (const call of callsOf(trace)) {
    const error = errorOf(call)
    const attributes: Attributes = {
      'gen_ai.operation.name': operationOf(operations.get(call.call) ?? 'chat'),
      'gen_ai.provider.name': providerOf(call.provider),
      'gen_ai.request.model': call.model,
    }
    const ended = error === undefined ? attributes : { ...attributes, 'error.type': error }
    if (call.endedAt !== undefined) duration.record((call.endedAt - call.arrivedAt) / 1_000, ended)
    if (call.stream && call.firstTokenAt !== undefined)
      first.record((call.firstTokenAt - call.arrivedAt) / 1_000, ended)
    if (call.usage.input > 0) usage.record(call.usage.input, { ...attributes, 'gen_ai.token.type': 'input' })
    if (call.usage.output > 0) usage.record(call.usage.output, { ...attributes, 'gen_ai.token.type': 'output' })
  }
}
