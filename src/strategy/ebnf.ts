import type { Slot } from './slots.ts'
import type { Definition } from './statement.ts'
import { COMPOUND, SIMPLE } from './statements/index.ts'

/** What slots are called in the grammar. */
const NAMES: Readonly<Record<Exclude<Slot['slot'], 'word' | 'maybe'>, string>> = {
  name: 'NAME',
  value: 'value',
  agents: 'value',
  expression: 'expression',
  condition: 'condition',
  certain: 'condition',
  options: '[ options ]',
  object: 'object',
  block: 'block',
}

const ofSlot = (each: Slot): string =>
  each.slot === 'word'
    ? `"${each.word}"`
    : each.slot === 'maybe'
      ? `[ ${each.of.map(ofSlot).join(' ')} ]`
      : NAMES[each.slot]

/** How a statement is written, as EBNF; nothing for one that another one reads. */
const ofDefinition = ({ syntax }: Definition): string[] => {
  if ('slots' in syntax) return [syntax.slots.map(ofSlot).join(' ')]
  return syntax.ebnf === null ? [] : [syntax.ebnf]
}

/** The statements of the language as EBNF: those with a block, and those of one line. */
export const statementsAsEBNF = (): { compound: string[]; simple: string[] } => ({
  compound: COMPOUND.flatMap(ofDefinition),
  simple: SIMPLE.flatMap(ofDefinition),
})
