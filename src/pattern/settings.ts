import { parseDuration } from '../clock/index.ts'
import { nearest, suggestion } from './errors.ts'
import type { Json, Scope } from './json.ts'
import type { Pattern } from './load.ts'
import { asDeclared, type AgentData, type DeclaredVariable } from './schema.ts'
import { fill, fillAll } from './template.ts'

/** Thrown when what a pattern is started with does not fit it. */
export class PatternSettingError extends Error {
  override readonly name = 'PatternSettingError'
  readonly code = 'LONGHAUL_PATTERN_SETTING'
}

const FITS: Readonly<Record<NonNullable<DeclaredVariable['type']>, (value: unknown) => boolean>> = {
  any: () => true,
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === 'boolean',
  list: Array.isArray,
  array: Array.isArray,
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  duration: (value) => {
    try {
      return parseDuration(value as string) >= 0
    } catch {
      return false
    }
  },
}

/** Numbers and booleans that arrive as text, as from a command line, become what the type says. */
function coerced(value: unknown, type: DeclaredVariable['type']): unknown {
  if (typeof value !== 'string' || type === undefined || type === 'string' || type === 'duration' || type === 'any')
    return value
  try {
    return JSON.parse(value) as unknown
  } catch {
    return value
  }
}

/** Deep copy of plain data; functions and the like are refused. */
function asJson(name: string, value: unknown): Json {
  try {
    return JSON.parse(JSON.stringify(value ?? null)) as Json
  } catch {
    throw new PatternSettingError(`The variable "${name}" must be plain data, as JSON has it.`)
  }
}

/** Variables that the orchestrator reads, whatever the pattern says of them. */
const ORCHESTRATOR_VARIABLES: readonly string[] = [
  'model',
  'budget_limit',
  'fallback_model',
  'enable_cache',
  'enable_checkpoints',
  'checkpoint_interval',
  'trace_enabled',
  'timeout',
  'agents',
  'all_agents',
]

/** The names of the variables that a pattern can be given, those that it declares first. */
export const variableNames = ({ data }: Pattern): string[] => [
  ...new Set([...Object.keys(data.variables ?? {}), ...ORCHESTRATOR_VARIABLES]),
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
export function resolveVariables(pattern: Pattern, given: Readonly<Record<string, unknown>>): Record<string, Json> {
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
          `${file} needs the variable "${name}"${declaration?.type ? ` (${declaration.type})` : ''}: it has no default and none was given.`,
        )
      continue
    }
    const type = declaration?.type
    if (type && !FITS[type](value))
      throw new PatternSettingError(
        `The variable "${name}" of ${file} is of type ${type}; it was given ${JSON.stringify(value)}.`,
      )
    variables[name] = asJson(name, value)
  }
  for (const [name, value] of Object.entries(given)) variables[name] ??= asJson(name, value)
  for (const [name, value] of Object.entries(variables)) variables[name] = fillAll(value, variables)
  return variables
}

/** One agent of a run. */
export interface AgentSettings {
  name: string
  profile: string
  role: string | undefined
  model: string | undefined
  systemPrompt: string | undefined
  capabilities: readonly string[]
  maxTokens: number | undefined
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
  if (own.template === undefined) return own
  if (!Object.hasOwn(agents, own.template))
    throw new PatternSettingError(
      `The agent "${name}" of ${file} starts from the template "${own.template}", which is no agent. ${suggestion(own.template, Object.keys(agents))}`,
    )
  if (through.includes(own.template))
    throw new PatternSettingError(
      `The agents ${[...through, own.template].join(' → ')} of ${file} start from each other in a circle.`,
    )
  const base = withTemplate(own.template, agents, file, [...through, own.template])
  const { template: _, count, ...rest } = own
  return { ...base, ...rest, count, vars: { ...base.vars, ...own.vars } }
}

/** The agents of a run, those with `count` several times. */
export function resolveAgents({ data, file }: Pattern, variables: Scope): AgentSettings[] {
  const agents = data.agents ?? {}
  const result: AgentSettings[] = []
  for (const name of Object.keys(agents)) {
    const settings = withTemplate(name, agents, file, [name])
    const count = typeof settings.count === 'string' ? Number(fill(settings.count, variables)) : settings.count
    if (count !== undefined && !(Number.isInteger(count) && count >= 0 && count <= MAX_AGENTS))
      throw new PatternSettingError(
        `The count of the agent "${name}" of ${file} is ${count}. Give a whole number up to ${MAX_AGENTS}.`,
      )
    const names = count === undefined ? [name] : Array.from({ length: count }, (_, index) => `${name}_${index + 1}`)
    for (const each of names) result.push(agentOf(each, settings, variables))
  }
  return result
}

function agentOf(name: string, settings: AgentData, variables: Scope): AgentSettings {
  const own = fillAll((settings.vars ?? {}) as Json, variables) as Record<string, Json>
  const scope = { ...variables, ...own, agent_name: name }
  const prompt = settings.prompt_template ?? settings.prompt
  const text = (value: string | undefined): string | undefined =>
    value === undefined ? undefined : String(fill(value, scope))
  const { max_tokens: most } = settings
  return {
    name,
    profile: settings.profile ?? 'agent',
    role: settings.role,
    model: text(settings.model),
    systemPrompt: text(prompt),
    capabilities: settings.capabilities ?? [],
    ...(Object.keys(own).length > 0 && { vars: own }),
    maxTokens: most === undefined ? undefined : Number(typeof most === 'string' ? fill(most, scope) : most),
  }
}
