import { define } from '../statement.ts'
import type { Statement } from '../tree.ts'

interface Converse extends Statement {
  kind: 'converse'
}

/** What a pattern without a strategy does: its agents talk. No text says it. */
export const converse = define<Converse>({
  kind: 'converse',
  forms: {},
  syntax: { read: null, ebnf: null },
  print: () => '',
  parts: () => ({}),
  does: { request: () => ({ kind: 'converse' }) },
})
