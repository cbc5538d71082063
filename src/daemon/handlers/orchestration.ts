import { steadyNow } from '../../clock/index.ts'
import { formatDollars, parseDollars } from '../../money/index.ts'
import type { ReportedCost } from '../../orchestrator/index.ts'
import {
  listPatterns,
  PatternSettingError,
  variableNames,
  type Pattern,
  type PatternText,
} from '../../pattern/index.ts'
import { type Json, PatternError } from '../../strategy/index.ts'
import type { RunStatus } from '../../store/index.ts'
import { nestsDeeper } from '../../trace/index.ts'
import { ofPage, page, PAGE, withoutLong } from '../page.ts'
import { meant } from '../parameters.ts'
import { MAX_DEPTH, quoted, RefusedError } from '../protocol.ts'
import { detailsOf, type RunDetails } from '../run-details.ts'
import { nameOf, type Run } from '../runs.ts'
import { handler, openHandler, WHICH, type Handler, type RequestContext } from './handler.ts'

const STATES: readonly RunStatus[] = ['running', 'suspended', 'completed', 'failed', 'terminated']
/** Runs that are over and that one answer may be about. */
const MAX_OVER = 10_000

const secondsOf = ({ startedAt, endedAt }: Run): number => Math.max(0, (endedAt ?? steadyNow()) - startedAt) / 1_000

function described(run: Run, { agents, messages }: RunDetails): object {
  return {
    orchestration_id: run.id,
    state: run.phase,
    pattern: nameOf(run.pattern),
    file: run.pattern,
    agents: Object.fromEntries(
      agents.map(({ id, settings, status }) => [id, { spawned: true, profile: settings.profile, status }]),
    ),
    message_count: messages,
    duration: secondsOf(run),
    ...(run.error !== undefined && { error: run.error }),
  }
}

const ended = ({ result, error }: RunDetails): object => ({
  ...(result !== undefined && { result }),
  ...(error !== undefined && { error }),
})

const claimed = ({ calls, inputTokens, outputTokens, known, uncertain }: ReportedCost): object => ({
  calls,
  input_tokens: inputTokens,
  output_tokens: outputTokens,
  known: formatDollars(known),
  uncertain: formatDollars(uncertain),
})

/** What an orchestration has spent. */
export function costOf(run: Run, { costs, variables }: RunDetails, billed: bigint | undefined): object {
  const { budget_limit: given } = variables
  const kept = typeof given === 'number' || typeof given === 'string' ? parseDollars(given) : undefined
  const limit = run.live ? run.live.orchestrator.costs.limit : kept
  return {
    orchestration_id: run.id,
    state: run.phase,
    ...claimed(costs.total),
    ...(billed !== undefined && { billed: formatDollars(billed) }),
    budget_limit: limit === undefined ? null : formatDollars(limit),
    agents: Object.fromEntries([...costs.byAgent].map(([name, claim]) => [`${run.id}_${name}`, claimed(claim)])),
  }
}

/** A pattern, or a refusal that says what is wrong with it. */
function refusing<Result>(work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    if (error instanceof PatternError) throw new RefusedError(error.message, { validation_errors: [error.message] })
    if (error instanceof PatternSettingError) throw new RefusedError(error.message)
    throw error
  }
}

/** Patterns that extend one another, and are given as texts. */
const MAX_TEXTS = 11

/** A pattern as a client has read it. */
function textsOf(files: unknown): PatternText[] | undefined {
  if (files === undefined) return undefined
  const all: readonly unknown[] = Array.isArray(files) ? files : [files]
  if (all.length === 0 || all.length > MAX_TEXTS)
    throw new RefusedError(`pattern_files has ${all.length} texts. Give 1 to ${MAX_TEXTS}.`)
  return all.map((each, index) => {
    const { file = 'pattern.yaml', text } = (each ?? {}) as { file?: unknown; text?: unknown }
    if (typeof file !== 'string' || typeof text !== 'string')
      throw new RefusedError(`pattern_files[${index}] needs a file (a name) and a text.`)
    return { file, text }
  })
}

/** Variables that stand beside `vars`, as a command line gives them: JSON, unless the pattern wants a text. */
function besideVars(
  others: Readonly<Record<string, unknown>>,
  pattern: Pattern,
  parameters: readonly string[],
): Record<string, unknown> {
  const names = variableNames(pattern)
  const beside = Object.entries(others).filter(([name]) => !name.startsWith('_'))
  return Object.fromEntries(
    beside.map(([name, value]) => {
      if (!names.includes(name))
        throw new RefusedError(
          `orchestration:start has no parameter "${name}", and ${nameOf(pattern.file)} no such variable.`,
          {
            hint: meant(name, [...parameters, ...names]),
          },
        )
      const { type } = (pattern.data.variables?.[name] ?? {}) as { type?: unknown }
      if (typeof value !== 'string' || type === 'string' || nestsDeeper(value, MAX_DEPTH)) return [name, value]
      try {
        return [name, JSON.parse(value) as unknown]
      } catch {
        return [name, value]
      }
    }),
  )
}

/** Those that are not over, and with `all` those that are. The newest first. */
const listed = ({ runs }: RequestContext, all: boolean): Run[] => [
  ...runs.active.toReversed(),
  ...(all ? runs.over(MAX_OVER) : []),
]

/** The fail rate of the client's environment, which `longhaul send` hands on. */
function clientFailRate(given: unknown): number | undefined {
  if (given === undefined) return undefined
  const rate = Number(given)
  if (rate >= 0 && rate <= 1) return rate
  throw new RefusedError(
    `The fail rate in the environment (KSI_COMPLETION_PROVIDER_FAIL_RATE, LONGHAUL_FAIL_RATE) is ${quoted(given)}. Give a share from 0 to 1.`,
  )
}

const START = {
  pattern: {
    type: 'text',
    about: 'the name of the pattern, or its path in one of the folders of patterns',
    required: true,
  },
  vars: {
    type: 'object',
    about: 'values of the variables of the pattern; each variable may also be a parameter of its own',
    default: {},
  },
  pattern_files: {
    type: 'any',
    about: 'texts in place of a file of the daemon: the pattern, then the patterns that it extends, [{ file, text }]',
  },
  fail_rate: { type: 'number', about: 'share of its calls that fail, with simulated services', least: 0, most: 1 },
} as const

/** Orchestrations. */
export const orchestration: Readonly<Record<string, Handler>> = {
  'orchestration:start': openHandler({
    about: 'Starts an orchestration from a pattern.',
    parameters: START,
    answer({ pattern, pattern_files: files, vars, fail_rate: asked }, others, { runs, correlationId, simulates }) {
      if (asked !== undefined && !simulates)
        throw new RefusedError('fail_rate is for simulated services, and this daemon calls real services.')
      const failRate = asked ?? (simulates ? clientFailRate(others['_fail_rate']) : undefined)
      return refusing(() => {
        const loaded = runs.load(pattern, textsOf(files))
        const beside = besideVars(others, loaded, Object.keys(START))
        const run = runs.start({ pattern: loaded, vars: { ...beside, ...vars }, correlationId, failRate })
        return {
          status: 'started',
          orchestration_id: run.id,
          agents: runs.liveOf(run).orchestrator.agents.map((name) => `${run.id}_${name}`),
        }
      })
    },
  }),
  'orchestration:status': handler({
    about: 'Shows the status of one orchestration, or of all active orchestrations.',
    parameters: { ...WHICH, all: { type: 'boolean', about: 'includes ended orchestrations', default: false }, ...PAGE },
    answer(given, context) {
      const { runs, store } = context
      if (given.orchestration_id !== undefined || given.pattern !== undefined) {
        const run = runs.choose(given, 'orchestration:status')
        const details = detailsOf(run, store)
        return { ...described(run, details), ...ended(details) }
      }
      const chosen = page(listed(context, given.all), given)
      const shown = page(
        chosen.items.map((run) => [run.id, described(run, detailsOf(run, store))] as const),
        { limit: given.limit, offset: 0 },
      )
      const next = shown.next === undefined ? chosen.next : given.offset + shown.next
      return { orchestrations: Object.fromEntries(shown.items), ...ofPage({ ...shown, total: chosen.total, next }) }
    },
  }),
  'orchestration:get_instance': handler({
    about: 'Returns the full state of an orchestration: status, variables, breakers and cost.',
    parameters: WHICH,
    answer(given, { runs, store }) {
      const run = runs.choose(given, 'orchestration:get_instance')
      const details = detailsOf(run, store)
      return {
        ...described(run, details),
        ...withoutLong({ ...ended(details) }),
        variables: withoutLong(details.variables),
        breakers: run.live ? run.live.orchestrator.breakers : (run.outcome['breakers'] ?? {}),
        cost: costOf(run, details, runs.billedTo(run)),
      }
    },
  }),
  'orchestration:message': handler({
    about:
      'Adds a message to the inbox of one agent or of all agents of an orchestration, or emits an event, which the rules of the pattern route.',
    parameters: {
      ...WHICH,
      message: { type: 'any', about: 'the message: a text, or an object' },
      to: { type: 'text', about: "the agent's name; default: all agents" },
      event: { type: 'text', about: 'the event to emit, in place of a message' },
      payload: { type: 'any', about: 'the data of the event', default: {} },
      from_agent: { type: 'text', about: 'the agent that emits the event', default: 'client' },
    },
    answer({ message, to, event, payload, from_agent: sender, ...which }, { runs }) {
      const run = runs.choose(which, 'orchestration:message', 'running')
      const { orchestrator } = runs.liveOf(run)
      if (event !== undefined) {
        orchestrator.emit(event, payload as Json, sender.replace(`${run.id}_`, ''))
        return { status: 'routed', orchestration_id: run.id, event }
      }
      if (message === undefined || message === '')
        throw new RefusedError('orchestration:message needs a message, or an event.')
      const { team } = orchestrator
      const names = team.names.filter((name) => team.isAlive(name))
      const chosen = to === undefined ? names : names.filter((name) => name === to || `${run.id}_${name}` === to)
      if (chosen.length === 0) throw new RefusedError(`${run.id} has no active agent ${quoted(to)}.`, { agents: names })
      const text = typeof message === 'string' ? message : JSON.stringify(message)
      for (const name of chosen) orchestrator.sendMessage(name, text, 'client')
      return { status: 'delivered', orchestration_id: run.id, agents: chosen.map((name) => `${run.id}_${name}`) }
    },
  }),
  'orchestration:list_patterns': handler({
    about: 'Lists the patterns that orchestration:start finds by name.',
    parameters: PAGE,
    answer(given, { patterns: folders }) {
      const shown = page(listPatterns(folders), given)
      return { patterns: shown.items, ...ofPage(shown) }
    },
  }),
  'orchestration:load_pattern': handler({
    about: 'Reads a pattern and describes its contents, without starting it.',
    parameters: { pattern: START.pattern, pattern_files: START.pattern_files },
    answer: ({ pattern, pattern_files: files }, { runs }) =>
      refusing(() => {
        const { file, data } = runs.load(pattern, textsOf(files))
        const { name, description, version, agents = {}, variables = {} } = data
        return { status: 'loaded', file, name, description, version, agents: Object.keys(agents), variables }
      }),
  }),
  'orchestration:list': handler({
    about: 'Lists the active orchestrations, the newest first.',
    parameters: {
      state: { type: 'text', about: `only orchestrations in this state: ${STATES.join(', ')}` },
      running: { type: 'boolean', about: 'only running orchestrations', default: false },
      pattern: { type: 'text', about: 'only orchestrations of this pattern' },
      all: { type: 'boolean', about: 'includes ended orchestrations', default: false },
      ...PAGE,
    },
    answer({ state, running, pattern, all, ...part }, context) {
      if (state !== undefined && !STATES.includes(state as RunStatus))
        throw new RefusedError(`state is ${quoted(state)}. Give one of ${STATES.join(', ')}.`, {
          hint: meant(state, STATES),
        })
      const over = all || (state !== undefined && state !== 'running' && state !== 'suspended')
      const fitting = listed(context, over).filter(
        (run) =>
          (state === undefined || run.phase === state) &&
          (!running || run.phase === 'running') &&
          (pattern === undefined || nameOf(run.pattern) === nameOf(pattern)),
      )
      const shown = page(
        fitting.map((run) => ({
          orchestration_id: run.id,
          state: run.phase,
          pattern: nameOf(run.pattern),
          started_at: run.startedAt / 1_000,
          duration: secondsOf(run),
        })),
        part,
      )
      return { orchestrations: shown.items, ...ofPage(shown) }
    },
  }),
  'orchestration:suspend': handler({
    about: 'Suspends an orchestration at its current statement, and saves it.',
    parameters: {
      ...WHICH,
      cancel: { type: 'boolean', about: 'cancels calls in flight instead of waiting for them', default: false },
    },
    async answer({ cancel, ...which }, { runs, store }) {
      const run = runs.choose(which, 'orchestration:suspend', 'running')
      await runs.suspend(run, cancel ? 'cancel' : 'drain')
      const checkpoint = store.addCheckpoint(run.id, 'suspended')
      return { status: 'suspended', orchestration_id: run.id, checkpoint_id: checkpoint.id }
    },
  }),
  'orchestration:resume': handler({
    about: 'Resumes a suspended orchestration.',
    parameters: {
      ...WHICH,
      checkpoint_id: {
        type: 'text',
        about: 'the checkpoint to resume from, which also selects its orchestration; default: the current state',
      },
    },
    answer({ checkpoint_id: checkpoint, ...which }, { runs, store }) {
      const of = checkpoint === undefined ? undefined : store.runOfCheckpoint(checkpoint)
      if (checkpoint !== undefined && of === undefined)
        throw new RefusedError(`There is no checkpoint ${quoted(checkpoint)}. orchestration:checkpoints lists them.`)
      const named = which.orchestration_id !== undefined || which.pattern !== undefined
      const run = runs.choose(
        named || of === undefined ? which : { orchestration_id: of },
        'orchestration:resume',
        'suspended',
      )
      runs.resume(run, checkpoint)
      return {
        status: 'resumed',
        orchestration_id: run.id,
        ...(checkpoint !== undefined && { checkpoint_id: checkpoint }),
      }
    },
  }),
  'orchestration:checkpoints': handler({
    about: 'Lists the checkpoints of an orchestration.',
    parameters: { ...WHICH, ...PAGE },
    answer(given, { runs, store }) {
      const run = runs.choose(given, 'orchestration:checkpoints')
      const shown = page(
        store.checkpoints(run.id).map(({ id, name, createdAt }) => ({
          checkpoint_id: id,
          name,
          created_at: createdAt / 1_000,
        })),
        given,
      )
      return { orchestration_id: run.id, checkpoints: shown.items, ...ofPage(shown) }
    },
  }),
  'orchestration:terminate': handler({
    about: 'Terminates an orchestration, and cancels its calls in flight.',
    parameters: { ...WHICH, reason: { type: 'text', about: 'the reason, for the log', default: 'terminated' } },
    async answer({ reason, ...which }, { runs, store }) {
      const run = runs.choose(which, 'orchestration:terminate', 'running')
      await runs.terminate(run, reason)
      const { messages } = detailsOf(run, store)
      return { status: 'terminated', orchestration_id: run.id, state: run.phase, message_count: messages }
    },
  }),
  'orchestration:request_termination': handler({
    about: 'Terminates an orchestration after its calls in flight have ended.',
    parameters: {
      ...WHICH,
      reason: { type: 'text', about: 'the reason, for the log', default: 'termination requested' },
    },
    answer({ reason, ...which }, { runs }) {
      const run = runs.choose(which, 'orchestration:request_termination', 'running')
      if (run.phase !== 'running' && run.phase !== 'suspended')
        throw new RefusedError(`${run.id} is already ${run.phase}.`)
      // What it waits for may take long; the end shows in its status.
      void runs.finish(run, reason).catch(() => {})
      return { status: 'terminating', orchestration_id: run.id }
    },
  }),
  'orchestration:fail_rate': handler({
    about: 'Changes the share of the calls of an orchestration that fail, with simulated services.',
    parameters: {
      ...WHICH,
      fail_rate: {
        type: 'number',
        about: 'the share of its calls that fail from now on',
        least: 0,
        most: 1,
        required: true,
      },
    },
    answer({ fail_rate: failRate, ...which }, { runs, simulates }) {
      if (!simulates)
        throw new RefusedError('fail_rate is for simulated services, and this daemon calls real services.')
      const run = runs.choose(which, 'orchestration:fail_rate', 'running')
      runs.failAt(run, failRate)
      return { orchestration_id: run.id, fail_rate: failRate }
    },
  }),
  'orchestration:cost_status': handler({
    about: 'Shows the cost of one orchestration, by agent, or of all active orchestrations.',
    parameters: { ...WHICH, all: { type: 'boolean', about: 'includes ended orchestrations', default: false }, ...PAGE },
    answer(given, context) {
      const { runs, store } = context
      if (given.orchestration_id !== undefined || given.pattern !== undefined) {
        const run = runs.choose(given, 'orchestration:cost_status')
        return costOf(run, detailsOf(run, store), runs.billedTo(run))
      }
      const all = listed(context, given.all)
      const part = all.slice(given.offset, given.offset + given.limit)
      const shown = page(
        part.map((run) => costOf(run, detailsOf(run, store), runs.billedTo(run))),
        { limit: given.limit, offset: 0 },
      )
      const next = given.offset + shown.items.length
      return {
        orchestrations: shown.items,
        ...ofPage({ ...shown, total: all.length, next: next < all.length ? next : undefined }),
      }
    },
  }),
}
