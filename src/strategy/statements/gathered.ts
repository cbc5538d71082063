import type { Json } from '../json.ts'

/** What a gather leaves of its own, as `votes.missing` is read. */
const MEMBERS = ['missing', 'late_responses'] as const

/** Answers and who is missing: of the newest gather, and of this one. It is also called where a gather has failed. */
export function storeGathered(name: string, value: Json, variables: Record<string, Json>): void {
  const { responses = [], missing = [] } = (value ?? {}) as Readonly<Record<string, Json>>
  forgetGathered(name, variables)
  variables[name] = responses
  variables[`${name}.missing`] = missing
  variables['missing'] = missing
}

/** Another value stands in a variable: what was missing of the gather before says nothing of it. */
export function forgetGathered(name: string, variables: Record<string, Json>): void {
  for (const member of MEMBERS) delete variables[`${name}.${member}`]
}
