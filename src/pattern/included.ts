import { merged } from './merged.ts'
import type { PatternData } from './schema.ts'

const listOf = (given: string | readonly string[] | undefined): readonly string[] =>
  given === undefined ? [] : typeof given === 'string' ? [given] : given

/** One list behind another; nothing where there is neither. */
const joined = <Item>(own: Item[] | undefined, more: Item[] | undefined): Item[] | undefined =>
  own || more ? [...(own ?? []), ...(more ?? [])] : undefined

/** One's own names first, as they stand; then what else there is. */
const beside = <Block extends object>(own: Block | undefined, more: Block | undefined): Block | undefined =>
  own || more ? ({ ...own, ...(merged(more, own) as Block) } as Block) : undefined

/**
 * A pattern with another one that it includes: its variables, agents and functions are there where the pattern has none
 * of that name, and its rules and transformers come after the pattern's own. Its strategy is not taken.
 */
export function withIncluded(own: PatternData, included: PatternData): PatternData {
  const functions = [...new Set([...listOf(included.functions), ...listOf(own.functions)])]
  const { rules: ownRules, ...routing } = own.routing ?? {}
  const { rules: moreRules, ...moreRouting } = included.routing ?? {}
  const rules = joined(ownRules, moreRules)
  const routingRules = joined(own.routing_rules, included.routing_rules)
  const transformers = joined(own.transformers, included.transformers)
  const variables = beside(own.variables, included.variables)
  const agents = beside(own.agents, included.agents)
  return {
    ...own,
    ...(functions.length > 0 && { functions }),
    ...(variables && { variables }),
    ...(agents && { agents }),
    ...((own.routing || included.routing) && {
      routing: { ...(merged(moreRouting, routing) as PatternData['routing']), ...(rules && { rules }) },
    }),
    ...(routingRules && { routing_rules: routingRules }),
    ...(transformers && { transformers }),
  }
}
