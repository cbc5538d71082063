import { isMistake, suggestion } from '../options/index.ts'
import { problemOfExpression, statementsIn, type Strategy } from '../strategy/index.ts'
import type { PatternData } from './schema.ts'

/** Something in a rule that cannot be right, and where it stands in the pattern. */
export interface RuleProblem {
  path: readonly PropertyKey[]
  problem: string
  hint?: string | undefined
}

/** Who speaks beside agents. */
const OTHERS = ['strategy', 'client', 'orchestration']
/** Words that mean no one agent. */
const EVERYBODY = ['all', 'all_agents', 'each_agent', 'every_agent']

const isOpen = (name: string): boolean => /[*!{]/.test(name) || EVERYBODY.includes(name)

/** Whether agents come to be that the pattern does not name: by the strategy, or by what a model says. */
function maySpawn({ statements, isSketch }: Strategy, { transformers = [] }: PatternData): boolean {
  return (
    statements.length === 0 ||
    isSketch === true ||
    [...statementsIn(statements)].some(({ kind }) => kind === 'spawn') ||
    transformers.some(({ target }) => target === 'agent:spawn')
  )
}

/** What is wrong with the rules of a pattern: conditions that are no expressions, and agents that there are not. */
export function problemOfRules(data: PatternData, strategy: Strategy): RuleProblem | undefined {
  const { agents = {}, routing = {}, routing_rules: rules = [], transformers = [] } = data
  const names = Object.keys(agents)
  const isKnown = (name: string): boolean =>
    names.includes(name) ||
    names.some((each) => agents[each]!.count !== undefined && name.startsWith(`${each}_`)) ||
    names.some((each) => {
      const { template } = agents[each]!
      return typeof template === 'string' && template.includes('{n}') && name.startsWith(template.split('{n}')[0]!)
    })
  const isOpenEnded = maySpawn(strategy, data)
  const agentProblem = (name: string | undefined, path: readonly PropertyKey[]): RuleProblem | undefined => {
    if (name === undefined || isOpen(name) || isKnown(name)) return undefined
    if (isOpenEnded && !isMistake(name, names)) return undefined
    return {
      path,
      problem: `There is no agent "${name}".`,
      hint: suggestion(name, names) || 'The pattern has no agents.',
    }
  }
  const conditionProblem = (text: string | undefined, path: readonly PropertyKey[]): RuleProblem | undefined => {
    const found = text === undefined ? undefined : problemOfExpression(text)
    return (
      found && { path, problem: `"${text}" is not a valid expression: ${found.message.replace(/([^.?])$/, '$1.')}` }
    )
  }
  const all = [
    ...(routing.rules ?? []).map((rule, nth) => ({ rule, path: ['routing', 'rules', nth] })),
    ...rules.map((rule, nth) => ({ rule, path: ['routing_rules', nth] })),
  ]
  const problems = [
    ...all.flatMap(({ rule: { to, from, condition }, path }) => {
      const targets = (Array.isArray(to) ? to : [to]).flatMap((each, nth) => {
        const at = Array.isArray(to) ? [...path, 'to', nth] : [...path, 'to']
        return typeof each === 'object'
          ? [
              { name: each.agent_id, at: [...at, 'agent_id'] },
              { name: each.agent, at: [...at, 'agent'] },
            ]
          : [{ name: each, at }]
      })
      const sender = from !== undefined && OTHERS.includes(from) ? undefined : from
      return [
        conditionProblem(condition, [...path, 'condition']),
        ...targets.map(({ name, at }) => agentProblem(name, at)),
        agentProblem(sender, [...path, 'from']),
      ]
    }),
    ...transformers.map(({ condition }, nth) => conditionProblem(condition, ['transformers', nth, 'condition'])),
    agentProblem(routing.default, ['routing', 'default']),
  ]
  return problems.find((problem) => problem !== undefined)
}
