import { expect } from 'vitest'
import type { Declared } from './declared.ts'
import { Samples, type Hints } from './samples.ts'

/** How an endpoint is shown what a type declares. */
export interface Taking {
  declared: Declared
  /** The type of its requests. */
  type: string
  hints?: Hints
  /** Makes a sample whole: what must stand beside the field that it shows. Several, where models differ in what they take. */
  whole?: (value: any) => readonly unknown[]
  /** Asks, and gives what is said in refusal, if anything. */
  refusalOf: (request: any) => Promise<string | undefined>
  /** What may be said in refusal of a sample, by its rule: the reason why the service does so. */
  rules?: readonly (readonly [told: RegExp, why: string])[]
}

/** Sends an endpoint all that a type declares, and gives what it refuses, by what it says. */
async function refusedOf({ declared, type, hints = {}, whole = (value) => [value], refusalOf, rules = [] }: Taking) {
  const refused = new Map<string, string[]>()
  let samples = 0
  for (const { what, value } of new Samples(declared, hints).of(declared.type(type))) {
    samples += 1
    let told: string | undefined
    for (const request of whole(value)) if ((told = await refusalOf(request)) === undefined) break
    if (told !== undefined && !rules.some(([rule]) => rule.test(told)))
      refused.set(told, [...(refused.get(told) ?? []), what])
  }
  return {
    samples,
    refused: [...refused].map(([told, whats]) => `${told} (${whats.length}: ${whats.slice(0, 3).join(', ')})`),
  }
}

/** Fails where an endpoint refuses what a type declares. */
export async function takes(taking: Taking): Promise<number> {
  const { samples, refused } = await refusedOf(taking)
  expect(refused).toEqual([])
  return samples
}
