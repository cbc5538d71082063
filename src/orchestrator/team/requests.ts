import { textOf, type Json, type Options } from '../../strategy/index.ts'
import type { BusEvent } from './bus.ts'
import { recipientsOf, type Recipients } from './recipients.ts'

/** What agents may ask for by the events that they emit. Source: the events of the KSI daemon. */
export interface RequestDependencies extends Recipients {
  /** Whether it leads the others. */
  leads: (agent: string) => boolean
  spawn: (name: string | null, options: Options) => void
  send: (to: string, text: string, from: string, hops: number) => void
  terminate: (agent: string, reason: string) => void
  /** Ends the run. */
  end: () => void
  /** Says what is not done. */
  refuse: (problem: string) => void
}

type Data = Readonly<Record<string, Json>>

const SPAWN_DATA = [
  'profile',
  'model',
  'prompt',
  'role',
  'initial_prompt',
  'capabilities',
  'purpose',
  'vars',
  'context',
  'count',
  'name',
]

/** What a message says, however it is wrapped. */
const messageOf = (message: Json | undefined): string => {
  if (message === undefined) return ''
  const { content, text } = (typeof message === 'object' && message !== null ? message : {}) as {
    content?: Json
    text?: Json
  }
  return textOf(content ?? text ?? message)
}

const REQUESTS: Readonly<
  Record<string, (data: Data, event: BusEvent, hops: number, dependencies: RequestDependencies) => void>
> = {
  'agent:spawn'(data, _, __, { spawn, run }) {
    const id = data['agent_id']
    const name = typeof id === 'string' ? id.replace(new RegExp(`^${run}_`), '') : null
    spawn(
      name,
      Object.fromEntries(SPAWN_DATA.flatMap((each) => (data[each] === undefined ? [] : [[each, data[each]]]))),
    )
  },
  'agent:terminate'({ agent_id: id, agent_ids: ids }, { from }, _, dependencies) {
    for (const name of recipientsOf(ids ?? id ?? [], dependencies))
      dependencies.terminate(name, `terminated by ${from}`)
  },
  'agent:send_message'({ agent_id: id, to, message }, { from }, hops, dependencies) {
    for (const name of recipientsOf(id ?? to ?? [], dependencies))
      dependencies.send(name, messageOf(message), from, hops + 1)
  },
  'orchestration:send'(data, event, hops, dependencies) {
    REQUESTS['agent:send_message']!(data, event, hops, dependencies)
  },
  'orchestration:broadcast'({ criteria, message }, { from }, hops, dependencies) {
    for (const name of recipientsOf(criteria ?? '*', dependencies))
      if (name !== from) dependencies.send(name, messageOf(message), from, hops + 1)
  },
  'agent:needs_continuation'({ reason }, { from }, hops, { send, agents }) {
    if (agents.has(from)) send(from, `Go on: ${textOf(reason ?? 'the next step')}`, from, hops + 1)
  },
  'orchestration:request_termination'(_, { from }, __, { leads, end, refuse }) {
    if (from === 'strategy' || leads(from)) end()
    else refuse(`${from} requested the end of the orchestration, which only the orchestrating agent can request.`)
  },
}

/** Whether an event asks for something. */
export const isRequest = (event: string): boolean => Object.hasOwn(REQUESTS, event)

/** Does what an event asks for, if it asks for anything. What cannot be done is said, and stops nobody. */
export function carryOutRequest(event: BusEvent, hops: number, dependencies: RequestDependencies): void {
  if (!isRequest(event.event)) return
  const request = REQUESTS[event.event]!
  const data = (
    typeof event.data === 'object' && event.data !== null && !Array.isArray(event.data) ? event.data : {}
  ) as Data
  try {
    request(data, event, hops, dependencies)
  } catch (error) {
    dependencies.refuse(`${event.event} of ${event.from}: ${error instanceof Error ? error.message : String(error)}`)
  }
}
