import { resolveSettings } from '../../src/orchestrator/resolve-settings.ts'
import type { EffectDependencies } from '../../src/orchestrator/effects/dependencies.ts'
import type { AgentAnswer } from '../../src/orchestrator/team/answer.ts'
import type { AnswerLog } from '../../src/orchestrator/team/answer-log.ts'
import { Team } from '../../src/orchestrator/team/team.ts'
import type { OrchestratorSettings } from '../../src/orchestrator/index.ts'
import { Trace, type TraceEvent } from '../../src/trace/index.ts'
import { answer } from './ask.ts'

/** What an agent says, or how its call fails, and after how long: one second where nothing else is given. */
export interface Speech {
  ms?: number
  ends?: string | Error
}

/** A call as a service would see it. */
interface Asked {
  at: number
  agent: string
  text: string
}

/** The answer of an agent as strategies see it. */
export const said = (agent: string, seconds: number, text = 'Yes.', more: object = {}): AgentAnswer => ({
  agent,
  text,
  json: null,
  refused: false,
  model: 'openai/mini',
  seconds,
  cached: false,
  ...more,
})

interface TeamGiven {
  /** What each effect got before a restart. */
  before?: readonly { effect: number; question: string; answer: AgentAnswer }[]
  settings?: OrchestratorSettings
  over?: Partial<EffectDependencies>
}

/**
 * A team whose agents say what stands for them, the last one again and again, on fake timers; and what effects are carried out with.
 * Each thing that happens stands in a list.
 */
export function teamThatSays(
  speeches: Readonly<Record<string, readonly Speech[]>>,
  { before = [], settings: given = {}, over = {} }: TeamGiven = {},
) {
  const settings = resolveSettings(given, {})
  const trace = new Trace(() => Date.now())
  const asked: Asked[] = []
  /** What was asked, with what tells its question from others, and with what. */
  const questions: { key: string | undefined; model: string | undefined; maxTokens: number | undefined }[] = []
  const brokenOff: { at: number; agent: string; why: string }[] = []
  const count = new Map<string, number>()
  const team = new Team({
    settings,
    trace,
    run: 'run',
    rules: [],
    transformers: [],
    otherwise: () => undefined,
    isConversation: false,
    maxHops: 10,
    actAs: (_, work) => work(),
    completer: {
      complete: ({ agent, messages, key, model, maxTokens }, signal) => {
        const nth = count.get(agent) ?? 0
        count.set(agent, nth + 1)
        const { ms = 1_000, ends = 'Yes.' } = speeches[agent]!.at(Math.min(nth, speeches[agent]!.length - 1)) ?? {}
        asked.push({ at: Date.now(), agent, text: messages.at(-1)!.text })
        questions.push({ key, model, maxTokens })
        return new Promise((resolve, reject) => {
          const timer = setTimeout(
            () => (typeof ends === 'string' ? resolve(answer({ text: ends })) : reject(ends)),
            ms,
          )
          signal.addEventListener('abort', () => {
            clearTimeout(timer)
            brokenOff.push({ at: Date.now(), agent, why: (signal.reason as Error).message })
            reject(signal.reason as Error)
          })
        })
      },
    },
  })
  const log: AnswerLog = {
    keyOf: ({ effect, question }) => `${effect}/${question}`,
    answerTo: ({ effect, question }) =>
      before.find((each) => each.effect === effect && each.question === question)?.answer,
    answersOf: (effect) => before.filter((each) => each.effect === effect),
    answered: () => {},
    touched: () => {},
    ended: () => {},
  }
  for (const name of Object.keys(speeches))
    team.spawn({
      name,
      profile: 'worker',
      role: undefined,
      model: undefined,
      systemPrompt: undefined,
      capabilities: [],
      maxTokens: undefined,
    })
  team.keepIn(log)
  const run = new AbortController()
  const late: AgentAnswer[] = []
  const goingOn: Promise<unknown>[] = []
  const tracked: unknown[] = []
  const dependencies: EffectDependencies = {
    team,
    trace,
    settings,
    signal: run.signal,
    effect: 1,
    elapsedMs: 0,
    goesOn: (work) => void goingOn.push(work),
    keepLate: (each) => void late.push(each),
    background: (work) => void goingOn.push(work),
    functions: {},
    orchestratingAgent: () => Object.keys(speeches)[0]!,
    sequential: false,
    spawn: (name) => name,
    recipients: team.recipients,
    track: (entry) => void tracked.push(entry),
    queried: () => ({ ...team.recipients, tracked: [], variables: { mood: 'calm' } }),
    pausing: new AbortController().signal,
    pause: () => new Promise(() => {}),
    inTurns: false,
    heard: [],
    ...over,
  }
  /** Events of these types in the trace, without their place and causes. */
  const told = (...types: readonly TraceEvent['type'][]): object[] =>
    [...trace].filter(({ type }) => types.includes(type)).map(({ seq: _seq, causes: _causes, ...event }) => event)
  return { team, dependencies, asked, questions, brokenOff, late, goingOn, tracked, run, told }
}
