import { textOf, type Effect, type Json, type LastingEffect } from '../../strategy/index.ts'
import { pause } from '../service/deadline.ts'
import { recipientsOf } from '../team/recipients.ts'
import { jsonIn, saysNo, saysYes } from '../team/speech.ts'
import { aggregate } from './aggregate.ts'
import { requestAnswer, consultOrchestratingAgent } from './request-answer.ts'
import { awaitEvents } from './await-events.ts'
import { call } from './call.ts'
import { converse } from './converse.ts'
import { coordinate } from './coordinate.ts'
import { gather, gatherLate } from './gather/gather.ts'
import { gatherOptions } from './gather/options.ts'
import type { EffectDependencies } from './dependencies.ts'
import { resolveAgent, resolveAgents } from './resolve-agents.ts'

/** Carries out what a statement has asked for. Rejects where it fails. */
export async function carryOut({ request }: LastingEffect, dependencies: EffectDependencies): Promise<Json> {
  const { team, settings, signal, sequential } = dependencies
  switch (request.kind) {
    case 'gather': {
      const options = gatherOptions(request.options, { timeoutMs: settings.gatherTimeoutMs, sequential })
      return { ...(await gather(request.name, resolveAgents(request.agents, dependencies), options, dependencies)) }
    }
    case 'waitFor': {
      // Who was told something and has not been asked since, or was asked by this effect before a restart.
      const before = new Set(team.answersBefore(dependencies.effect).map(({ question }) => question))
      const told = [...team.agents.values()]
        .filter(({ name, inbox, isAlive }) => before.has(name) || (isAlive && inbox.length > 0))
        .map(({ name }) => name)
      const options = gatherOptions(
        { at_least: 0 },
        { timeoutMs: request.timeoutMs ?? settings.gatherTimeoutMs, sequential },
      )
      return { ...(await gather(request.name, told, options, dependencies)) }
    }
    case 'completion':
      return {
        ...(await requestAnswer(resolveAgent(request.agent, dependencies), request.options, dependencies)),
      } as Json
    case 'events':
      return awaitEvents(request.options, dependencies)
    case 'call':
      return call(request.function, request.arguments, dependencies.functions)
    case 'process':
      return consultOrchestratingAgent(
        `Process the following, and say what follows from it:\n${textOf(request.value)}`,
        dependencies,
      )
    case 'ask':
      return consultOrchestratingAgent(request.text, dependencies)
    case 'value': {
      const said = await consultOrchestratingAgent(request.text, dependencies)
      return jsonIn(said) ?? said
    }
    case 'check': {
      const said = await consultOrchestratingAgent(
        `Check this, and begin your answer with "no" if it does not hold: ${request.text}`,
        dependencies,
      )
      return saysNo(said) ? said : null
    }
    case 'aggregate': {
      const { method, options } = request.request
      if (method !== 'custom') return aggregate(request.request)
      const data = textOf(request.request['data'] ?? request.request['responses'] ?? null)
      const said = await consultOrchestratingAgent(
        `Aggregate the following, as ${textOf(options ?? {})} says:\n${data}`,
        dependencies,
      )
      return jsonIn(said) ?? said
    }
    case 'coordinate': {
      const agents = recipientsOf(request.request['agents'] ?? 'all', dependencies.recipients)
      for (const agent of agents) team.find(agent)
      return coordinate(request.request, agents, { timeoutMs: settings.gatherTimeoutMs, dependencies })
    }
    case 'converse':
      return converse(dependencies, { inTurns: dependencies.inTurns })
    case 'judge':
      return saysYes(await consultOrchestratingAgent(`Answer with yes or no: ${request.text}?`, dependencies))
    case 'sleep':
      await pause(Math.max(0, request.ms - dependencies.elapsedMs), signal)
      return null
    default:
      return request satisfies never
  }
}

/** Goes on, after a restart, with what a statement that had ended before it had left under way. */
export async function carryOutLate({ request }: Effect, dependencies: EffectDependencies): Promise<void> {
  const { settings, sequential } = dependencies
  // Tasks that nobody had done when the gather ended are missing; nobody is to do them any more.
  if (request.kind !== 'gather' || request.options['tasks'] !== undefined) return
  const options = gatherOptions(request.options, { timeoutMs: settings.gatherTimeoutMs, sequential })
  await gatherLate(request.name, resolveAgents(request.agents, dependencies), options, dependencies)
}
