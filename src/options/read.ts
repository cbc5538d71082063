import { suggestion } from './nearest.ts'
import type { OptionType } from './types.ts'

/** Options by name. */
export type OptionTable = Readonly<Record<string, OptionType>>

/** What is wrong with an option. */
export interface OptionProblem {
  name: string
  problem: string
  hint?: string
}

const MAX_SHOWN = 60

/** A value as it was given; numbers that are none by their name. */
function shown(value: unknown): string {
  const text =
    typeof value === 'number' || value === undefined ? String(value) : (JSON.stringify(value) ?? typeof value)
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text
}

const withHint = (name: string, problem: string, hint: string | undefined): OptionProblem => ({
  name,
  problem,
  ...(hint && { hint }),
})

/** That there is no such option. @param owner what the option is of, as a message begins */
export function unknownOption(owner: string, name: string, table: OptionTable): OptionProblem | undefined {
  if (Object.hasOwn(table, name)) return undefined
  return withHint(name, `${owner} has no option "${name}".`, suggestion(name, Object.keys(table)))
}

/** What is wrong with the value of an option that there is. */
export function unfitOption(
  owner: string,
  name: string,
  value: unknown,
  table: OptionTable,
): OptionProblem | undefined {
  const { needs, fits, hint } = table[name]!
  if (fits(value)) return undefined
  return withHint(name, `${name} of ${owner} is ${shown(value)}; it needs ${needs}.`, hint?.(value))
}

/** The first thing that is wrong with options: one that there is not, or a value that does not fit. */
export function problemOfOptions(
  owner: string,
  given: Readonly<Record<string, unknown>>,
  table: OptionTable,
): OptionProblem | undefined {
  for (const [name, value] of Object.entries(given)) {
    const found = unknownOption(owner, name, table) ?? unfitOption(owner, name, value, table)
    if (found) return found
  }
  return undefined
}
