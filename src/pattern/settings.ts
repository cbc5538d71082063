import { nearest, suggestion } from '../options/index.ts'
import { ExpressionError, textOf, fill, fillAll, fillKnown, type Json, type Scope } from '../strategy/index.ts'
import { originOf, type Pattern } from './pattern.ts'
import { coerced, FITS, noNumberIn, ORCHESTRATOR_VARIABLES, problemOfRead } from './declared.ts'
import { errorAt } from './source.ts'
import { asDeclared, type AgentData } from './schema.ts'

/** Thrown when a pattern is started with invalid variables or settings. */
export class PatternSettingError extends Error {
  override readonly name = 'PatternSettingError'
  readonly code = 'LONGHAUL_PATTERN_SETTING'
}

/** Deep copy of plain data; functions and the like are refused. */
function asJson(name: string, value: unknown): Json {
  const noNumber = noNumberIn(value)
  if (noNumber)
    throw new PatternSettingError(
      `The variable "${[name, ...noNumber].join('.')}" is not a finite number. Give a finite number.`,
    )
  try {
    return JSON.parse(JSON.stringify(value ?? null)) as Json
  } catch {
    throw new PatternSettingError(`The variable "${name}" must be plain data that JSON can represent.`)
  }
}

/** The names of the variables that a pattern can be given, those that it declares first. */
export const variableNames = ({ data }: Pattern): string[] => [
  ...new Set([...Object.keys(data.variables ?? {}), ...Object.keys(ORCHESTRATOR_VARIABLES), 'agents', 'all_agents']),
]

/** Whether anybody reads a variable: it is declared, the orchestrator knows it, or the pattern's text has it and it is no misspelling. */
function isVariable(pattern: Pattern, name: string): boolean {
  if (variableNames(pattern).includes(name)) return true
  const { data, program } = pattern
  return (
    /^[A-Za-z_]\w*$/.test(name) &&
    nearest(name, Object.keys(data.variables ?? {})) === undefined &&
    new RegExp(`\\b${name}\\b`).test(JSON.stringify([data, program]))
  )
}

/**
 * The variables of a run: those of the pattern, overridden by those given.
 *
 * @throws PatternSettingError for one that is missing, misspelt or of the wrong type
 */
export function resolveVariables(
  pattern: Pattern,
  given: Readonly<Record<string, unknown>>,
  { run = 'run' }: { run?: string } = {},
): Record<string, Json> {
  const { data, file } = pattern
  const declared = data.variables ?? {}
  const names = Object.keys(declared)
  for (const name of Object.keys(given)) {
    if (isVariable(pattern, name)) continue
    throw new PatternSettingError(`${file} has no variable "${name}". ${suggestion(name, variableNames(pattern))}`)
  }
  const variables: Record<string, Json> = {}
  for (const name of names) {
    const declaration = asDeclared(declared[name])
    const value = coerced(
      Object.hasOwn(given, name) ? given[name] : declaration ? declaration.default : declared[name],
      declaration?.type,
    )
    if (value === undefined) {
      if (declaration?.required === false) variables[name] = null
      else
        throw new PatternSettingError(
          `${file} needs the variable "${name}"${declaration?.type ? ` (${declaration.type})` : ''}: the variable has no default, and no value was given.`,
        )
      continue
    }
    const type = declaration?.type
    if (type && !FITS[type](value))
      throw new PatternSettingError(
        `The variable "${name}" of ${file} is of type ${type}, but the given value is ${JSON.stringify(value)}.`,
      )
    const { allowed_values: allowed } = declaration ?? {}
    if (allowed && !allowed.includes(value))
      throw new PatternSettingError(
        `The variable "${name}" of ${file} is ${JSON.stringify(value)}; allowed values: ${allowed.map((each) => JSON.stringify(each)).join(', ')}.`,
      )
    variables[name] = asJson(name, value)
  }
  for (const [name, value] of Object.entries(given)) variables[name] ??= asJson(name, value)
  const scope = { ...builtIn(run), ...variables }
  for (const [name, value] of Object.entries(variables)) {
    scope[name] = variables[name] = located(pattern, ['variables', name], () => fillAll(value, scope))
    const found = problemOfRead(name, variables[name])
    if (found) throw new PatternSettingError(`${file}: ${found.problem} ${found.hint ?? ''}`.trim())
  }
  return variables
}

/** What every pattern may name. `_timestamp` is the start of the run, in Unix seconds. */
const builtIn = (run: string): Record<string, Json> => ({
  orchestration_id: run,
  _timestamp: Math.floor(Date.now() / 1_000),
})

/** Whether an agent is one that leads the others, as its role or profile says: `base_orchestrator`, `coordinator`. */
export const isOrchestrating = ({
  role,
  profile,
}: {
  role?: string | undefined
  profile?: string | undefined
}): boolean => ORCHESTRATING.test(role ?? '') || ORCHESTRATING.test(profile ?? '')
const ORCHESTRATING = /(?:^|[^a-z])(?:orchestrator|coordinator)(?:$|[^a-z])/i

/** One agent of a run. */
export interface AgentSettings {
  name: string
  profile: string
  role: string | undefined
  model: string | undefined
  systemPrompt: string | undefined
  capabilities: readonly string[]
  maxTokens: number | undefined
  /** What it is told at the start, to be answered when it is first asked. */
  initialPrompt?: string
  /** Its own variables, such as `response_time`, by which simulated services answer it. */
  vars?: Readonly<Record<string, Json>>
}

const MAX_AGENTS = 100_000

/** The settings of one agent with those of the template it starts from. */
function withTemplate(
  name: string,
  agents: Readonly<Record<string, AgentData>>,
  file: string,
  through: readonly string[],
): AgentData {
  const own = agents[name]!
  if (typeof own.template !== 'string' || NUMBERED.test(own.template)) return own
  if (!Object.hasOwn(agents, own.template))
    throw new PatternSettingError(
      `The agent "${name}" of ${file} inherits from the template "${own.template}", which is not an agent. ${suggestion(own.template, Object.keys(agents))}`,
    )
  if (through.includes(own.template))
    throw new PatternSettingError(
      `The agents ${[...through, own.template].join(' → ')} of ${file} inherit from each other in a circle.`,
    )
  const base = withTemplate(own.template, agents, file, [...through, own.template])
  const { template: _, count, ...rest } = own
  return { ...base, ...rest, count, vars: { ...base.vars, ...own.vars } }
}

/** A name for each of those that `count` makes: `stage_{n}`. */
const NUMBERED = /\{n\}/

/** The agents of a run, those with `count` several times. */
export function resolveAgents(
  pattern: Pattern,
  variables: Scope,
  { run = 'run' }: { run?: string } = {},
): AgentSettings[] {
  const { data, file } = pattern
  const agents = data.agents ?? {}
  const result: { agent: AgentSettings; isTold: boolean }[] = []
  const scope = { ...builtIn(run), ...variables }
  for (const name of Object.keys(agents)) {
    const settings = withTemplate(name, agents, file, [name])
    if (agents[name]!.template === true) continue
    const { count: given, template } = settings
    const count =
      given === 'dynamic'
        ? 0
        : typeof given === 'string'
          ? Number(located(pattern, ['agents', name, 'count'], () => fill(given, scope)))
          : given
    if (count !== undefined && !(Number.isInteger(count) && count >= 0 && count <= MAX_AGENTS))
      throw new PatternSettingError(
        `The count of the agent "${name}" of ${file} is ${count}. Give a whole number up to ${MAX_AGENTS}.`,
      )
    const numbered = typeof template === 'string' && NUMBERED.test(template) ? template : `${name}_{n}`
    const names =
      count === undefined ? [name] : Array.from({ length: count }, (_, nth) => numbered.replace(NUMBERED, `${nth + 1}`))
    for (const each of names) result.push(madeOf(name, { pattern, settings, name: each, scope, run }))
  }
  const first = result.find(({ agent }) => isOrchestrating(agent))
  if (first && data.initial_prompt !== undefined && !first.isTold)
    first.agent.systemPrompt = joined(first.agent.systemPrompt, textOf(fillKnown(data.initial_prompt, scope)))
  return result.map(({ agent }) => agent)
}

/**
 * The settings of an agent that a run makes later, from one that the pattern has only as a template or with a count. Nothing where the
 * pattern has no agent of the name.
 *
 * @throws PatternError, PatternSettingError for settings that cannot be filled in
 */
export function agentFrom(
  template: string,
  pattern: Pattern,
  { name, variables, run }: { name: string; variables: Scope; run: string },
): AgentSettings | undefined {
  const agents = pattern.data.agents ?? {}
  if (!Object.hasOwn(agents, template)) return undefined
  const settings = withTemplate(template, agents, pattern.file, [template])
  return madeOf(template, { pattern, settings, name, scope: { ...builtIn(run), ...variables }, run }).agent
}

/** An agent by the settings that stand under a name of the pattern. */
function madeOf(
  under: string,
  given: { pattern: Pattern; settings: AgentData; name: string; scope: Scope; run: string },
): { agent: AgentSettings; isTold: boolean } {
  const { pattern, settings, name, scope, run } = given
  const { isSketch, statements } = pattern.strategy
  // What a sketch does not define stands in prompts as it is: the model may know.
  const filled = isSketch || statements.length === 0 ? fillKnown : fill
  return located(pattern, ['agents', under], () =>
    agentOf(name, settings, { ...scope, agent_id: `${run}_${name}` }, filled),
  )
}

/** @throws PatternSettingError for what is no number of tokens */
function tokens(agent: string, given: Json): number {
  const read = Number(given)
  if (Number.isInteger(read) && read >= 1) return read
  throw new PatternSettingError(
    `max_tokens of the agent "${agent}" is ${JSON.stringify(given)}. Give a whole number from 1.`,
  )
}

/** Says where in the pattern it is what cannot be filled in. */
function located<Result>(pattern: Pattern, path: readonly PropertyKey[], make: () => Result): Result {
  try {
    return make()
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    const [hole] = /^\{\{.*?\}\}/s.exec(error.message) ?? []
    const { sources } = originOf(pattern)
    const source = sources.find((each) => each.document.hasIn(path as unknown[]))
    throw source ? errorAt(source, path, error.message, undefined, hole) : error
  }
}

const joined = (...parts: (string | undefined)[]): string | undefined =>
  parts.filter((part) => part !== undefined).join('\n\n') || undefined

function agentOf(
  name: string,
  settings: AgentData,
  variables: Scope,
  filled: typeof fill,
): { agent: AgentSettings; isTold: boolean } {
  const { initial_prompt: ownPrompt, ...vars } = (settings.vars ?? {}) as Record<string, Json>
  const own = fillAll(vars, variables, filled) as Record<string, Json>
  const scope = { ...variables, ...own, agent_name: name }
  const text = (value: string | undefined, one: typeof fill = filled): string | undefined =>
    value === undefined ? undefined : textOf(one(value, scope))
  const prompt = settings.prompt_template ?? settings.prompt
  const { max_tokens: most, profile = 'agent', role } = settings
  const said = ownPrompt === undefined ? undefined : textOf(ownPrompt)
  const told = text(settings.initial_prompt ?? settings.initial_message ?? said)
  // Who leads has to remember it to the end.
  const leads = isOrchestrating({ role, profile })
  return {
    agent: {
      name,
      profile,
      role,
      model: text(settings.model, fill),
      systemPrompt: leads ? joined(text(prompt), told) : text(prompt),
      capabilities: settings.capabilities ?? [],
      maxTokens: most === undefined ? undefined : tokens(name, typeof most === 'string' ? fill(most, scope) : most),
      ...(!leads && told !== undefined && { initialPrompt: told }),
      ...(Object.keys(own).length > 0 && { vars: own }),
    },
    isTold: told !== undefined,
  }
}
