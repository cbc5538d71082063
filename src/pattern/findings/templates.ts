import { isMistake, suggestion } from '../../options/index.ts'
import { mistakeInTemplate, readsOfTemplate } from '../../strategy/index.ts'
import { BUILT_IN } from '../built-in.ts'
import type { Checking, PatternCheck } from './finding.ts'

/** What prompts may name beside the variables of the pattern and of the agent. */
const IN_PROMPTS = ['agent_name', 'agent_id', 'orchestration_id', '_timestamp']

/** Texts within a value, with their paths. */
function* textsIn(value: unknown, path: readonly PropertyKey[]): Generator<[string, readonly PropertyKey[]]> {
  if (typeof value === 'string') {
    if (value.includes('{{')) yield [value, path]
  } else if (Array.isArray(value)) for (const [nth, item] of value.entries()) yield* textsIn(item, [...path, nth])
  else if (typeof value === 'object' && value !== null)
    for (const [name, each] of Object.entries(value)) yield* textsIn(each, [...path, name])
}

/** `{{…}}` in variables and in what agents are told. */
export const checkTemplates: PatternCheck = (checking) => {
  const { data } = checking.pattern
  const variables = Object.keys(data.variables ?? {})
  for (const [text, path] of textsIn(data.variables, ['variables']))
    look(checking, text, path, [...variables, ...IN_PROMPTS])
  for (const [name, agent] of Object.entries(data.agents ?? {})) {
    const own = Object.keys(agent.vars ?? {})
    const base = typeof agent.template === 'string' ? Object.keys(data.agents?.[agent.template]?.vars ?? {}) : []
    const names = [...variables, ...own, ...base, ...IN_PROMPTS]
    for (const [text, path] of textsIn({ ...agent, description: undefined }, ['agents', name]))
      look(checking, text, path, names)
  }
}

function look(
  { pattern: { strategy }, found }: Checking,
  text: string,
  path: readonly PropertyKey[],
  names: readonly string[],
): void {
  const isOpen = strategy.isSketch === true || strategy.statements.length === 0
  const mistake = mistakeInTemplate(text)
  if (mistake && !(isOpen && mistake.unknown)) {
    found(
      mistake.problem === 'name' ? 'error' : 'refused',
      { path, text: text.slice(mistake.at).slice(0, 3) },
      mistake.message,
    )
    return
  }
  for (const { name } of readsOfTemplate(text)) {
    if (names.includes(name) || BUILT_IN.includes(name)) continue
    const isMisspelt = isMistake(name, names)
    if (isOpen && !isMisspelt) continue
    found(
      isMisspelt ? 'refused' : 'error',
      { path, text: name },
      `{{${name}}}: there is no variable "${name}".`,
      isMisspelt ? suggestion(name, names) : `Declare it: variables: { ${name}: … }, or vars of the agent.`,
    )
  }
}
