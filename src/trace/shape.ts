import type { TraceEvent } from './events.ts'

/** What a value of an event may be. */
const KINDS = {
  number: (value: unknown) => typeof value === 'number' && Number.isFinite(value),
  /** A duration or a point in time. Milliseconds. */
  ms: (value: unknown) => typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER,
  whole: (value: unknown) => Number.isSafeInteger(value),
  /** A whole number as text. */
  digits: (value: unknown) => typeof value === 'string' && /^-?\d{1,100}$/.test(value),
  text: (value: unknown) => typeof value === 'string',
  flag: (value: unknown) => typeof value === 'boolean',
  texts: (value: unknown) => Array.isArray(value) && value.every((each) => typeof each === 'string'),
  wholes: (value: unknown) => Array.isArray(value) && value.every((each) => Number.isSafeInteger(each)),
  times: (value: unknown) => Array.isArray(value) && value.every((each) => KINDS.ms(each)),
  block: (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value),
  messages: (value: unknown) =>
    Array.isArray(value) && value.every((each) => KINDS.block(each) && KINDS.text(each.role) && KINDS.text(each.text)),
  usage: (value: unknown) =>
    KINDS.block(value) &&
    ['input', 'cachedInput', 'cacheWrite', 'output', 'reasoning'].every((part) => {
      const tokens = (value as Record<string, unknown>)[part]
      return Number.isSafeInteger(tokens) && (tokens as number) >= 0
    }),
  any: () => true,
} as const

/** A kind; `?` behind it where the value may be left out, or be null. */
type Kind = keyof typeof KINDS | `${keyof typeof KINDS}?`

const call = { call: 'whole' } as const
const named = { agent: 'text', model: 'text' } as const
const watched = { name: 'text', nth: 'whole' } as const

/** The values of each type of event, by which a trace that was written by somebody else is read. */
const SHAPES: { readonly [Type in TraceEvent['type']]: Readonly<Record<string, Kind>> } = {
  'run.started': { name: 'text', seed: 'any', vars: 'block' },
  'run.ended': { status: 'text', error: 'text?', message: 'text?' },
  'run.cancelled': {},
  'call.arrived': {
    ...call,
    ...named,
    conversation: 'text',
    turn: 'whole',
    provider: 'text',
    operation: 'text',
    stream: 'flag',
    inputTokens: 'whole',
    attempt: 'whole',
    request: 'text',
    prompt: 'whole?',
    continues: 'whole?',
    holds: 'wholes?',
    overtakes: 'whole?',
    questions: 'whole?',
    repeated: 'whole?',
    repeatedTools: 'texts?',
    run: 'whole?',
    messages: 'messages?',
    detached: 'flag?',
    ownTime: 'flag?',
  },
  'call.retried': { ...call, of: 'whole', afterMs: 'ms' },
  'call.replayed': call,
  'call.left': call,
  'call.dequeued': { ...call, waitedMs: 'ms' },
  'call.firstToken': { ...call, afterMs: 'ms' },
  'call.ended': {
    ...call,
    afterMs: 'ms',
    finish: 'text',
    fault: 'text?',
    usage: 'usage',
    cost: 'whole',
    answer: 'text?',
  },
  'call.failed': {
    ...call,
    afterMs: 'ms',
    fault: 'text',
    message: 'text',
    retryAfterMs: 'ms?',
    usage: 'usage',
    cost: 'whole',
  },
  'call.refused': {
    call: 'whole?',
    agent: 'text?',
    provider: 'text?',
    model: 'text?',
    host: 'text',
    method: 'text',
    path: 'text',
    status: 'whole?',
    reason: 'text',
    message: 'text',
    request: 'text?',
  },
  'resource.answered': {
    provider: 'text',
    operation: 'text',
    method: 'text',
    path: 'text',
    status: 'whole',
    agent: 'text?',
  },
  'agent.spawned': { agent: 'text' },
  'agent.terminated': { agent: 'text', reason: 'text' },
  'gather.started': {
    gather: 'whole',
    name: 'text',
    expected: 'texts',
    atLeast: 'number',
    timeoutMs: 'ms?',
    tasks: 'whole?',
  },
  'gather.received': { gather: 'whole', agent: 'text', late: 'flag' },
  'gather.ended': { gather: 'whole', received: 'texts', missing: 'texts' },
  'run.resumed': { run: 'text', uncertain: 'whole' },
  'agent.hung': { agent: 'text', sinceMs: 'ms', restarts: 'whole' },
  'agent.restarted': { agent: 'text', restarts: 'whole' },
  'task.assigned': { gather: 'whole', task: 'whole', agent: 'text', instead: 'text?' },
  'effect.started': { effect: 'whole', line: 'whole', kind: 'text' },
  'effect.ended': { effect: 'whole', ok: 'flag', failure: 'text?' },
  'cost.claimed': { ...named, known: 'whole', uncertain: 'whole', inputTokens: 'whole?', outputTokens: 'whole?' },
  'completion.traced': {
    ...named,
    prompt: 'text',
    answer: 'text',
    tookMs: 'ms',
    waitedMs: 'ms',
    inputTokens: 'whole',
    outputTokens: 'whole',
    cost: 'whole',
    cached: 'flag',
  },
  'cost.checked': { spent: 'digits', limit: 'digits?' },
  'budget.refused': { ...named, worst: 'whole', left: 'whole' },
  'attempt.started': { ...named, provider: 'text' },
  'attempt.ended': {
    ...named,
    provider: 'text',
    tookMs: 'ms',
    failure: 'text?',
    message: 'text',
    inputTokens: 'whole',
    cachedInputTokens: 'whole',
    outputTokens: 'whole',
    cost: 'whole',
  },
  'attempt.failed': {
    agent: 'text',
    target: 'text',
    attempt: 'whole',
    kind: 'text',
    message: 'text',
    retryInMs: 'ms?',
  },
  'call.hedged': { agent: 'text', target: 'text' },
  'breaker.changed': { target: 'text', state: 'text' },
  'model.fellBack': { ...named, reason: 'text' },
  'cache.hit': { agent: 'text', similarity: 'number', saved: 'whole' },
  'cache.missed': { agent: 'text' },
  'conversation.pruned': { agent: 'text', messages: 'whole' },
  'message.sent': { from: 'text', to: 'text' },
  'event.emitted': { event: 'text', from: 'text', hops: 'whole' },
  'event.dropped': { event: 'text', hops: 'whole' },
  log: { line: 'whole', text: 'text' },
  'clock.slept': { ms: 'ms' },
  'clock.stuck': { code: 'text', message: 'text' },
  'timers.leaked': { everyMs: 'times' },
  'calls.leaked': { calls: 'wholes' },
  'setUp.misspelt': { part: 'text', name: 'text', called: 'text' },
  'setUp.unused': { part: 'text', name: 'text' },
  'setUp.toolNotOffered': { ...call, tool: 'text', offered: 'texts' },
  'setUp.replyMisfit': { ...call, problem: 'text' },
  note: { text: 'text' },
  'span.ended': {
    name: 'text',
    operation: 'text?',
    agent: 'text?',
    provider: 'text?',
    model: 'text?',
    answeredBy: 'text?',
    error: 'text?',
    tookMs: 'ms',
    inputTokens: 'whole?',
    outputTokens: 'whole?',
  },
  'watch.called': watched,
  'watch.returned': { ...watched, afterMs: 'ms' },
  'watch.threw': { ...watched, afterMs: 'ms', message: 'text' },
}

/** Whether a value is of a kind. */
function is(kind: Kind, value: unknown): boolean {
  const isOptional = kind.endsWith('?')
  if (isOptional && (value === undefined || value === null)) return true
  return KINDS[(isOptional ? kind.slice(0, -1) : kind) as keyof typeof KINDS](value)
}

/** The name of a value of an event that is not what it should be, if there is one. Types that are not known have only what all have. */
export function wrongValueIn(event: Readonly<Record<string, unknown>>): string | undefined {
  if (!is('whole', event['seq'])) return 'seq'
  if (!is('ms', event['at'])) return 'at'
  if (!is('wholes?', event['causes'])) return 'causes'
  const type = String(event['type'])
  const shape = Object.hasOwn(SHAPES, type) ? SHAPES[type as TraceEvent['type']] : {}
  return Object.entries(shape).find(([name, kind]) => !is(kind, event[name]))?.[0]
}
