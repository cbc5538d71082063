import type { CallRecord, EventOf } from '../trace/index.ts'
import { check } from './check.ts'
import type { Facts } from './facts.ts'

type Span = EventOf<'span.ended'>

/** Operations that are calls to a model. Source: `gen_ai.operation.name` of the conventions. */
const CALLS: ReadonlySet<string> = new Set(['chat', 'text_completion', 'generate_content', 'embeddings'])
/** What instrumentations leave out most often. */
const SELDOM_TOLD = 'embeddings'
const DISCONNECTED = 'disconnected'

/** Older instrumentations name no operation. */
const isCall = ({ operation, model }: Span): boolean => (operation === null ? model !== null : CALLS.has(operation))

const sum = <Item>(items: readonly Item[], of: (item: Item) => number): number =>
  items.reduce((total, item) => total + of(item), 0)

/** The calls to one model, and what spans say of it. */
interface Compared {
  model: string
  /** Spans without an error. */
  answered: readonly Span[]
  failed: readonly Span[]
  /** Calls that a span without an error may be of. */
  most: readonly CallRecord[]
  /** Calls of which there has to be one. */
  least: readonly CallRecord[]
}

function comparedOf(facts: Facts, spans: readonly Span[]): Compared[] {
  const models = new Set(facts.calls.map(({ model }) => model))
  const nameOf = ({ model, answeredBy }: Span): string =>
    [model, answeredBy].find((name) => name !== null && models.has(name)) ??
    model ??
    answeredBy ??
    'a model without a name'
  const byModel = Map.groupBy(spans, nameOf)
  // A run that has died, or has failed, may have had no time to end its spans.
  const isWhole =
    facts.of('run.resumed').length === 0 &&
    facts.runs.every(({ status }) => status === 'completed') &&
    facts.calls.every(({ status }) => status !== 'open')
  const operations = new Map(facts.of('call.arrived').map(({ call, operation }) => [call, operation]))
  return [...new Set([...byModel.keys(), ...models])].map((model) => {
    const own = byModel.get(model) ?? []
    const calls = facts.calls.filter((call) => call.model === model)
    const isLeftOut = own.length === 0 && calls.every(({ call }) => operations.get(call) === SELDOM_TOLD)
    return {
      model,
      answered: own.filter(({ error }) => error === null),
      failed: own.filter(({ error }) => error !== null),
      // Who has enough of an answer may break it off.
      most: calls.filter(({ status, fault }) => status === 'ended' || fault === DISCONNECTED),
      // What a test asks itself is no part of what it tests, and an answer that is no good may count as a failure.
      least:
        isWhole && !isLeftOut
          ? calls.filter(
              ({ status, fault, leftAt, run }) =>
                status === 'ended' && fault === undefined && leftAt === undefined && run !== null,
            )
          : [],
    }
  })
}

/** What spans say of tokens, where each of them says it and there are as many as answers. */
function* wrongTokens({ model, answered, most, least }: Compared): Generator<string> {
  for (const kind of ['input', 'output'] as const) {
    const told = answered.map((span) => (kind === 'input' ? span.inputTokens : span.outputTokens))
    if (told.length === 0 || told.includes(null)) continue
    const total = sum(told as number[], (tokens) => tokens)
    const [fewest, many] = [least, most].map((calls) => sum(calls, ({ usage }) => usage[kind]))
    if (total > many!) yield `spans report ${total} ${kind} tokens of ${model}, and the service bills ${many}`
    else if (answered.length >= least.length && total < fewest!)
      yield `spans report ${total} ${kind} tokens of ${model}, and the service bills ${fewest} for the answered calls`
  }
}

export const spans = check({
  holds: 'The spans of the system agree with the calls that the services received.',
  why: 'Production dashboards and alerts rely on these spans, and cannot show a call that the spans omit.',
  advice:
    'End one span for each call, also for a failed call; set `error.type` if the call fails, and set the model and all tokens of the answer once. Export every span (`SimpleSpanProcessor` in tests).',
  settings: {
    /** Compare the number of calls in the spans with the number of calls that the service answered. */
    calls: true,
    /** Compare the tokens in the spans with the tokens that the service billed. */
    tokens: true,
  },
  *find(facts) {
    const told = facts.of('span.ended').filter(isCall)
    // Code without instruments says nothing.
    if (told.length === 0) return
    for (const compared of comparedOf(facts, told)) {
      const { model, answered, failed, most, least } = compared
      const at = answered.at(-1)?.at ?? facts.over
      const calls = least.map(({ call }) => call)
      if (answered.length > most.length)
        yield {
          at,
          part: 'calls',
          calls: most.map(({ call }) => call),
          what: `spans report ${answered.length} answers of ${model}, and the service gave ${most.length}`,
        }
      else if (answered.length < least.length)
        yield {
          at,
          part: 'calls',
          calls,
          what: `the service answered ${least.length} calls to ${model}, and spans report ${answered.length} answers and ${failed.length} failures`,
        }
      else for (const what of wrongTokens(compared)) yield { at, part: 'tokens', calls, what }
    }
  },
})
