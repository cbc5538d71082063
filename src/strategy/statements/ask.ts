import { define } from '../statement.ts'
import { Prose } from '../tokens.ts'
import type { Statement } from '../tree.ts'

interface Ask extends Statement {
  kind: 'ask'
  text: string
}

/** A line in plain language: asked of the orchestrating agent. Reads `ASSERT` in plain language too. */
export const ask = define<Ask>({
  kind: 'ask',
  forms: {},
  syntax: {
    ebnf: 'PLAIN_LANGUAGE',
    read: (reader) => {
      const token = reader.take(1, Prose)
      return reader.act(() => {
        const text = reader.prose(token)
        const [assert] = /^ASSERT\s+/.exec(text) ?? []
        return assert === undefined ? { kind: 'ask', text } : { kind: 'check', text: text.slice(assert.length) }
      })
    },
  },
  print: ({ text }, printer) => printer.lines(text),
  parts: () => ({}),
  sets: () => ['answer'],
  asks: () => 1,
  does: {
    isSaid: true,
    request: ({ text }, values) => ({ kind: 'ask', text: values.said(text) }),
  },
})
