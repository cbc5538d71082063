import { define } from '../statement.ts'
import { Head, Newline } from '../tokens.ts'
import type { Block, Statement } from '../tree.ts'

interface Stage extends Statement {
  kind: 'stage'
  text: string
  body: Block
}

/** A line in plain language with a block: asked, and then the block is run. */
export const stage = define<Stage>({
  kind: 'stage',
  forms: {},
  syntax: {
    ebnf: 'PLAIN_LANGUAGE NEWLINE indented',
    read: (reader) => {
      const token = reader.take(1, Head)
      reader.take(2, Newline)
      const body = reader.read(1, 'indented')
      return reader.act(() => ({ kind: 'stage', text: reader.prose(token), body }))
    },
  },
  print: ({ text, body }, printer) => printer.lines(text) + printer.block(body),
  parts: ({ body }) => ({ blocks: [body] }),
  sets: () => ['answer'],
  asks: () => 1,
  does: {
    build: ({ line, text, body }, compiler) => {
      compiler.effect({ kind: 'ask', line, text } as Statement)
      compiler.block(body)
    },
  },
})
