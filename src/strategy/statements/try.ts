import { block, word } from '../slots.ts'
import { define } from '../statement.ts'
import type { Block, Statement } from '../tree.ts'

interface Try extends Statement {
  kind: 'try'
  body: Block
}

/** A block that one `ON failure:` guards. */
export const try_ = define<Try>({
  kind: 'try',
  forms: { TRY: 'TRY:, with ON failure: below it' },
  syntax: { slots: [word('TRY'), block] },
  does: {
    build: (statement, compiler) => {
      if (!compiler.isGuarded)
        compiler.fail(
          statement,
          'This TRY has no ON failure.',
          'Write ON failure: below the block, with the same indentation as TRY.',
        )
      compiler.block(statement.body)
    },
  },
})
