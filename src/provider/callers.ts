import { AsyncLocalStorage } from 'node:async_hooks'
import { hashHex } from '../random/index.ts'
import type { CallRequest } from './call.ts'

const acting = new AsyncLocalStorage<string>()

/**
 * Attributes the calls inside `work` to an agent, including later calls by code that `work` starts.
 *
 * @example
 * ```ts
 * await actAs('planner', () => client.chat.completions.create(request))
 * ```
 */
export const actAs = <Result>(agent: string, work: () => Result): Result => acting.run(agent, work)

/** The agent on whose behalf the present code runs, as said by `actAs`. */
export const actingAgent = (): string | undefined => acting.getStore()

const running = new AsyncLocalStorage<number | null>()

/**
 * Says which run the calls inside `work` belong to, by the place of its start in the trace; null for those of a test
 * itself.
 */
export const withinRun = <Result>(run: number | null, work: () => Result): Result => running.run(run, work)

/**
 * The run that the present code belongs to; nothing where nobody has said so, as for what comes from another process.
 */
export const runInForce = (): number | null | undefined => running.getStore()

/** A function that names the agent of a call. If the function returns nothing, the other rules decide. */
export type Identify = (request: CallRequest) => string | undefined

/** The agent and the conversation of a call. */
export interface Caller {
  /** The name of the agent. */
  agent: string
  /** The id of the conversation. */
  conversation: string
  /** The turn of the conversation, from 1. */
  turn: number
}

/**
 * Tells who calls: the user's own function, then the `x-longhaul-agent` header, `actAs`, and what else the request says
 * (`metadata`, `user`); who says nothing is named after the conversation. A conversation is known by how it opens.
 */
export function callerOf(request: CallRequest, header: string | undefined, identify: Identify | undefined): Caller {
  const { messages } = request
  let opens = ''
  for (const { role, text, mediaTokens } of messages) {
    opens += `${opens && '\u0001'}${role}\u0000${text}`
    if (mediaTokens) opens += `\u0000${mediaTokens}`
    if (role !== 'system') break
  }
  const opening = hashHex(opens).slice(0, 8)
  const agent =
    identify?.(request) ||
    header ||
    actingAgent() ||
    request.callerHints.find((hint) => hint !== '') ||
    `caller-${opening}`
  let turn = 1
  for (const { role } of messages) if (role === 'assistant') turn += 1
  return { agent, conversation: `${agent}/${opening}`, turn }
}
