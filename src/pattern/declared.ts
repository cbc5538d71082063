import { problemOfOptions, suggestion, types, type OptionTable, type OptionType } from '../options/index.ts'
import { asDeclared, type DeclaredVariable, type PatternData } from './schema.ts'

/** US dollars, as a number or as text. */
const dollars: OptionType = {
  needs: 'US dollars, such as 0.5 or "$1.25"',
  fits: (value) =>
    typeof value === 'number'
      ? Number.isFinite(value) && value >= 0
      : typeof value === 'string' && /^\$?\d+(?:\.\d{1,12})?$/.test(value.trim()),
}

/** Variables that the orchestrator reads, whatever the pattern says of them. */
export const ORCHESTRATOR_VARIABLES = {
  model: types.textNotEmpty,
  budget_limit: dollars,
  fallback_model: types.textNotEmpty,
  enable_cache: types.boolean,
  enable_checkpoints: types.boolean,
  checkpoint_interval: types.duration,
  trace_enabled: types.boolean,
  timeout: types.duration,
} as const satisfies OptionTable

/** What is wrong with the value of a variable that the orchestrator reads. Nothing is as good as no value. */
export function problemOfRead(name: string, value: unknown): { problem: string; hint?: string } | undefined {
  if (!Object.hasOwn(ORCHESTRATOR_VARIABLES, name) || value === null || value === undefined) return undefined
  // What is filled in later is read then.
  if (typeof value === 'string' && value.includes('{{')) return undefined
  return problemOfOptions('the variables', { [name]: value }, ORCHESTRATOR_VARIABLES)
}

/** Whether a value is of a declared type. */
export const FITS: Readonly<Record<NonNullable<DeclaredVariable['type']>, (value: unknown) => boolean>> = {
  any: () => true,
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number' && Number.isFinite(value),
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === 'boolean',
  list: Array.isArray,
  array: Array.isArray,
  object: types.object.fits,
  duration: types.duration.fits,
}

/** Numbers and booleans that arrive as text, as from a command line, become what the type says. */
export function coerced(value: unknown, type: DeclaredVariable['type']): unknown {
  if (typeof value !== 'string' || type === undefined || type === 'string' || type === 'duration' || type === 'any')
    return value
  try {
    return JSON.parse(value) as unknown
  } catch {
    return value
  }
}

/** Where in a value a number stands that is none; nothing where all are ones. */
export function noNumberIn(value: unknown, path: readonly PropertyKey[] = []): readonly PropertyKey[] | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : path
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, each] of Object.entries(value)) {
    const found = noNumberIn(each, [...path, Array.isArray(value) ? Number(name) : name])
    if (found) return found
  }
  return undefined
}

/** Something that cannot be right, and where it stands in the pattern. */
interface VariableProblem {
  path: readonly PropertyKey[]
  problem: string
  hint?: string | undefined
}

/** What is wrong with the variables of a pattern, and with those of its agents, whatever a run is given. */
export function problemOfVariables({ variables = {}, agents = {} }: PatternData): VariableProblem | undefined {
  const noNumber = noNumberIn(variables, ['variables']) ?? noNumberIn(agents, ['agents'])
  if (noNumber) return { path: noNumber, problem: `${noNumber.join('.')}: the value is not a finite number.` }
  for (const [name, given] of Object.entries(variables)) {
    const declared = asDeclared(given)
    const path = declared ? ['variables', name, 'default'] : ['variables', name]
    const value = declared ? coerced(declared.default, declared.type) : given
    const found = problemOfRead(name, value)
    if (found) return { path, ...found }
    if (!declared || value === undefined || value === null || (typeof value === 'string' && value.includes('{{')))
      continue
    const { type, allowed_values: allowed } = declared
    if (type && !FITS[type](value))
      return {
        path,
        problem: `The variable "${name}" is of type ${type}, but its default is ${JSON.stringify(value)}.`,
      }
    if (allowed && !allowed.includes(value))
      return {
        path,
        problem: `The variable "${name}" has the default ${JSON.stringify(value)}; allowed values: ${allowed.map((each) => JSON.stringify(each)).join(', ')}.`,
        hint: typeof value === 'string' ? suggestion(value, allowed.map(String)) : undefined,
      }
  }
  return undefined
}
