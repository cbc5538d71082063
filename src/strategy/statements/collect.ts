import type { Instruction } from '../compiler.ts'
import { Failed } from '../failed.ts'
import type { Json } from '../json.ts'
import type { Run } from '../run.ts'
import { maybe, name, value, word } from '../slots.ts'
import { define } from '../statement.ts'
import type { Statement, Value } from '../tree.ts'

interface Collect extends Statement {
  kind: 'collect'
  value: Value
  into: string
}

/** An instruction that adds to a list. */
export interface CollectOp extends Instruction {
  op: 'collect'
  value: Value
  into: string
}

/** Where COLLECT puts what it is given: the name in the plural. */
const pluralOf = (given: Value): string =>
  given.kind === 'expression' && /^[A-Za-z_]\w*$/.test(given.text) ? `${given.text}s` : 'collected'

/** Adds a value to a list. */
export const collect = define<Collect>({
  kind: 'collect',
  forms: { COLLECT: 'COLLECT response INTO responses' },
  syntax: { slots: [word('COLLECT'), value('value'), maybe(word('INTO'), name('into'))] },
  made: (slots) => ({ ...slots, into: slots.into ?? pluralOf(slots.value) }),
  sets: ({ into }) => [into],
  does: {
    build: (statement, { add, said }) => {
      const { line, value: given, into } = statement
      add<CollectOp>({ op: 'collect', line, value: given, into, ...said(statement) })
    },
    ops: {
      collect: ({ into, value: given }: CollectOp, { values, variables }: Run) => {
        const before = variables[into] ?? []
        if (!Array.isArray(before)) throw new Failed('type', `COLLECT INTO ${into}: the variable is not a list.`)
        values.work.copied(before.length)
        variables[into] = [...(before as readonly Json[]), values.of(given)]
      },
    },
  },
})
