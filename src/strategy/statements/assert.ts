import type { Instruction } from '../compiler.ts'
import { Failed } from '../failed.ts'
import { placeIn } from '../places.ts'
import type { Run } from '../run.ts'
import { certain, word } from '../slots.ts'
import { define } from '../statement.ts'
import type { Expression, Statement } from '../tree.ts'

export interface Assert extends Statement {
  kind: 'assert'
  condition: Expression
}

/** Fails where a condition does not hold. */
export const assert = define<Assert>({
  kind: 'assert',
  forms: { ASSERT: 'ASSERT len(responses) >= 2' },
  syntax: { slots: [word('ASSERT'), certain('condition')] },
  does: {
    build: ({ line, condition }, { add }) => void add({ op: 'assert', line, condition }),
    ops: {
      assert: ({ condition }: Instruction & { condition: Expression }, { values }: Run) => {
        if (!values.holds(condition))
          throw new Failed('assertion', `ASSERT ${condition.text} does not hold.`, { place: placeIn(condition) })
      },
    },
  },
})
