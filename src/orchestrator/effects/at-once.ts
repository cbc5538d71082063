import { textOf, type InstantEffect, type Json } from '../../strategy/index.ts'
import { recipientsOf } from '../team/recipients.ts'
import { query } from './query.ts'
import type { EffectDependencies } from './dependencies.ts'
import { resolveRecipients } from './resolve-agents.ts'

/**
 * Carries out a statement that waits for nobody, so that what it changes and that it was done are kept together.
 *
 * @throws CompletionError
 */
export function carryOutAtOnce(
  request: Exclude<InstantEffect['request'], { kind: 'checkpoint' }>,
  line: number,
  dependencies: EffectDependencies,
): Json {
  const { team, trace } = dependencies
  switch (request.kind) {
    case 'spawn':
      return dependencies.spawn(request.agent, request.options)
    case 'terminate':
      for (const agent of recipientsOf(request.agents, dependencies.recipients))
        team.terminate(agent, `terminated by the strategy at line ${line}`)
      return null
    case 'send':
      return resolveRecipients(request.to, dependencies).map((agent) => {
        team.send(agent, textOf(request.message), 'strategy')
        return agent
      })
    case 'broadcast': {
      const more = Object.keys(request.options).length > 0 ? `\n${JSON.stringify(request.options)}` : ''
      const agents = request.agents
        ? resolveRecipients(request.agents, dependencies)
        : team.names.filter((name) => team.isAlive(name))
      for (const agent of agents) team.send(agent, textOf(request.message) + more, 'strategy')
      return null
    }
    case 'emit':
      if (request.to !== null)
        for (const agent of resolveRecipients(request.to, dependencies))
          team.send(agent, `${request.event}: ${textOf(request.data)}`, 'strategy')
      team.bus.emit({ event: request.event, from: 'strategy', data: request.data })
      return null
    case 'track': {
      const { type, data = {} } = request.entry
      const entry = { type: textOf(type!), data, at: Date.now() / 1_000 }
      dependencies.track(entry)
      team.bus.emit({ event: 'orchestration:track', from: 'strategy', data: { type: type!, data } })
      return entry
    }
    case 'query':
      return query(request.request, dependencies.queried())
    case 'log':
      trace.append({ type: 'log', line, text: request.text })
      return null
    default:
      return request satisfies never
  }
}
