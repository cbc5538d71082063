import { define } from '../statement.ts'
import type { Statement } from '../tree.ts'

interface Check extends Statement {
  kind: 'check'
  text: string
}

/** ASSERT in plain language: the orchestrating agent may say no. `ask.ts` reads it. */
export const check = define<Check>({
  kind: 'check',
  forms: {},
  syntax: { read: null, ebnf: null },
  print: ({ text }, printer) => printer.lines(`ASSERT ${text}`),
  parts: () => ({}),
  asks: () => 1,
  does: {
    isSaid: true,
    request: ({ text }, values) => ({ kind: 'check', text: values.said(text) }),
  },
})
