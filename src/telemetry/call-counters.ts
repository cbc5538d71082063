import { bounded, DOLLAR, type Instruments } from './instruments.ts'

const SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600]
/** Agents that have a series of their own; what others do is counted under `other`. */
const MAX_AGENTS = 1_000
/** The same for models. */
const MAX_MODELS = 200

/** Whose call it is, and whom it asks. */
export interface CallLabels {
  agent: string
  provider: string
  model: string
}

/** What is known of a call when it has ended. */
export interface CallEnd {
  /** Null for an answer. */
  failure: string | null
  tookMs: number
  input: number
  cachedInput: number
  output: number
}

/** Counts calls: the same names, whether a service tells of them or who asks it. */
export function callCounters({ counter, gauge, histogram }: Instruments) {
  const by = ['agent', 'provider', 'model']
  const calls = counter('longhaul_calls_total', 'Calls that have reached a service.', by)
  const failures = counter('longhaul_call_failures_total', 'Calls that failed, by what went wrong.', [...by, 'fault'])
  const retries = counter('longhaul_call_retries_total', 'Calls that repeat one that failed.', by)
  const tokens = counter('longhaul_tokens_total', 'Tokens that were billed.', [...by, 'type'])
  const cost = counter(
    'longhaul_cost_dollars_total',
    'What calls cost by the tokens that services report, in US dollars.',
    by,
  )
  const open = gauge('longhaul_calls_open', 'Calls without an end so far.', ['provider'])
  const duration = histogram(
    'longhaul_call_duration_seconds',
    'From the beginning of a call to its end, in the time of the services.',
    ['provider', 'model', 'outcome'],
    SECONDS,
  )
  const agentOf = bounded(MAX_AGENTS)
  const modelOf = bounded(MAX_MODELS)
  return {
    labels: ({ agent, provider, model }: CallLabels): CallLabels => ({
      agent: agentOf(agent),
      provider,
      model: modelOf(model),
    }),
    began(of: CallLabels): void {
      calls.inc({ ...of })
      open.inc({ provider: of.provider })
    },
    repeats: (of: CallLabels): void => retries.inc({ ...of }),
    /** Neither answered nor failed: nobody knows. */
    lost: ({ provider }: CallLabels): void => open.dec({ provider }),
    ended(of: CallLabels, { failure, tookMs, input, cachedInput, output }: CallEnd): void {
      const { provider, model } = of
      open.dec({ provider })
      if (input > 0) tokens.inc({ ...of, type: 'input' }, input)
      if (cachedInput > 0) tokens.inc({ ...of, type: 'cached_input' }, cachedInput)
      if (output > 0) tokens.inc({ ...of, type: 'output' }, output)
      duration.observe({ provider, model, outcome: failure === null ? 'answered' : 'failed' }, tookMs / 1_000)
      if (failure !== null) failures.inc({ ...of, fault: failure })
    },
    /** @param picodollars what a call has cost */
    costs(of: CallLabels, picodollars: number): void {
      if (picodollars > 0) cost.inc({ ...of }, picodollars / DOLLAR)
    },
  }
}
