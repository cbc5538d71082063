import { define } from '../statement.ts'
import { Identifier, K, Text, unquote } from '../tokens.ts'
import type { Statement } from '../tree.ts'

interface Checkpoint extends Statement {
  kind: 'checkpoint'
  name: string | null
}

/** Keeps where the run stands, to be gone back to. */
export const checkpoint = define<Checkpoint>({
  kind: 'checkpoint',
  forms: { CHECKPOINT: 'CHECKPOINT "after round"' },
  syntax: {
    ebnf: '"CHECKPOINT" [ TEXT | NAME ]',
    read: (reader) => {
      reader.take(1, K.CHECKPOINT)
      const name = reader.maybe(1, () =>
        reader.pick(1, [
          { ALT: () => unquote(reader.take(2, Text).image) },
          { ALT: () => reader.take(3, Identifier).image },
        ]),
      )
      return { kind: 'checkpoint', name: name ?? null } as { kind: string }
    },
  },
  print: ({ name }, { line }) => line(`CHECKPOINT${name === null ? '' : ` ${JSON.stringify(name)}`}`),
  parts: ({ name }) => ({
    expressions: name?.includes('{{') ? [{ kind: 'expression', text: JSON.stringify(name) }] : [],
  }),
  sets: () => [],
  does: {
    request: ({ name }, values) => ({
      kind: 'checkpoint',
      name: name?.includes('{{') ? values.said(name) : name,
    }),
  },
})
