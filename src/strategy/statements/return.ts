import type { Instruction } from '../compiler.ts'
import type { Run } from '../run.ts'
import { maybe, value, word } from '../slots.ts'
import { define } from '../statement.ts'
import type { Statement, Value } from '../tree.ts'

interface Return extends Statement {
  kind: 'return'
  value: Value | null
}

/** Ends the strategy with a result. */
export const return_ = define<Return>({
  kind: 'return',
  forms: { RETURN: 'RETURN result' },
  syntax: { slots: [word('RETURN'), maybe(value('value'))] },
  does: {
    build: ({ line, value: given }, { add }) => void add({ op: 'return', line, value: given }),
    ops: {
      return: ({ value: given }: Instruction & { value: Value | null }, run: Run) =>
        run.end({ result: given ? run.values.of(given) : null }),
    },
  },
})
