import { define } from '../statement.ts'
import { K } from '../tokens.ts'
import type { Jump } from '../compiler.ts'
import type { Reader } from '../reader.ts'
import type { Block, Condition, Statement } from '../tree.ts'

interface If extends Statement {
  kind: 'if'
  branches: readonly { condition: Condition; body: Block }[]
  otherwise: Block | null
}

function readIf(reader: Reader): { kind: string } {
  const branches: { condition: Condition; body: Block }[] = []
  reader.take(1, K.IF)
  const condition = reader.read(1, 'condition')
  const body = reader.read(2, 'block')
  branches.push({ condition, body })
  reader.many(1, () => {
    reader.pick(1, [
      { ALT: () => reader.take(2, K.ELIF) },
      {
        ALT: () => {
          reader.take(3, K.ELSE)
          return reader.take(4, K.IF)
        },
      },
    ])
    const next = reader.read(3, 'condition')
    const then = reader.read(4, 'block')
    branches.push({ condition: next, body: then })
  })
  const otherwise = reader.maybe(1, () => {
    reader.take(5, K.ELSE)
    return reader.read(5, 'block')
  })
  return { kind: 'if', branches, otherwise: otherwise ?? null } as { kind: string }
}

/** Decides between blocks. */
export const if_ = define<If>({
  kind: 'if',
  forms: { IF: 'IF len(responses) >= 2:', ELIF: 'ELIF len(responses) == 1:', ELSE: 'ELSE:' },
  syntax: {
    ebnf: '"IF" condition block { ( "ELIF" | "ELSE" "IF" ) condition block } [ "ELSE" block ]',
    read: readIf,
  },
  print: ({ branches, otherwise }, printer) =>
    branches
      .map(({ condition, body }, nth) =>
        printer.headed(`${nth === 0 ? 'IF' : 'ELIF'} ${printer.condition(condition)}`, body),
      )
      .join('') + (otherwise ? printer.headed('ELSE', otherwise) : ''),
  parts: ({ branches, otherwise }) => ({
    conditions: branches.map(({ condition }) => condition),
    blocks: [...branches.map(({ body }) => body), ...(otherwise ? [otherwise] : [])],
  }),
  does: {
    build: ({ branches, otherwise, line }, compiler) => {
      const ends: Jump[] = []
      for (const { condition, body } of branches) {
        const branch = compiler.branch(condition, line)
        compiler.block(body)
        ends.push(compiler.jump(line))
        branch.otherwise = compiler.here
      }
      if (otherwise) compiler.block(otherwise)
      for (const end of ends) end.to = compiler.here
    },
  },
})

/** `WHEN condition:` is an IF without more. */
export const when = define<If>({
  kind: 'if',
  forms: { WHEN: 'WHEN round == 3:' },
  syntax: {
    ebnf: '( "WHEN" | "CASE" | "ON" ) condition block',
    read: (reader) => {
      reader.take(1, K.WHEN)
      const condition = reader.read(1, 'condition')
      const body = reader.read(2, 'block')
      return { kind: 'if', branches: [{ condition, body }], otherwise: null } as { kind: string }
    },
  },
  does: if_.does as never,
})
