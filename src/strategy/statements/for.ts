import type { Instruction } from '../compiler.ts'
import { shown } from '../expression/index.ts'
import { Failed } from '../failed.ts'
import type { Json } from '../json.ts'
import { placeIn } from '../places.ts'
import type { Frame, Run } from '../run.ts'
import { define } from '../statement.ts'
import { eachOf } from '../terms.ts'
import { Identifier, K } from '../tokens.ts'
import type { IToken } from 'chevrotain'
import type { Reader } from '../reader.ts'
import type { Block, Statement, Value } from '../tree.ts'
import { buildLoop } from './loop.ts'

interface For extends Statement {
  kind: 'for'
  name: string
  in: Value
  body: Block
}

/** Goes over items; what `value` gives is asked for where it is not known. */
export interface ForOp extends Instruction {
  op: 'for'
  name: string
  in: Value
  exit: number
}

function readFor(reader: Reader): { kind: string } {
  reader.pick(1, [{ ALT: () => reader.take(1, K.FOR) }, { ALT: () => reader.take(2, K.FOREACH) }])
  return reader.pick<{ kind: string }>(2, [
    {
      GATE: () => reader.ahead(2).tokenType === K.IN,
      ALT: () => {
        const name = reader.take(3, Identifier).image
        reader.take(4, K.IN)
        const values = reader.read(1, 'value')
        return { kind: 'for', name, in: values, body: reader.read(2, 'block') }
      },
    },
    {
      ALT: () => {
        const words: IToken[] = []
        reader.some(1, () => {
          words.push(reader.take(5, Identifier))
        })
        const given = reader.maybe(1, () => {
          reader.take(6, K.IN)
          return reader.read(3, 'value')
        })
        const read = reader.act(() => eachOf(words, reader.terms)) as ReturnType<typeof eachOf> | undefined
        const body = reader.read(4, 'block')
        const { name, text, over } = read ?? { name: '', text: '', over: undefined }
        const values = given ?? over
        return values ? { kind: 'for', name, in: values, body } : { kind: 'forEach', name, text, body }
      },
    },
  ])
}

/** Runs a block for each item of a list or a range; reads `FOR each item:` too. */
export const for_ = define<For>({
  kind: 'for',
  forms: { FOR: 'FOR round IN 1..10:', FOREACH: 'FOREACH agent IN agents:' },
  syntax: {
    ebnf: '( "FOR" | "FOREACH" ) ( NAME "IN" value | ( "each" | "every" | "all" ) { NAME } ) block',
    read: readFor,
  },
  print: ({ name, in: values, body }, printer) => printer.headed(`FOR ${name} IN ${printer.value(values)}`, body),
  parts: ({ in: values, body }) => ({ values: [values], blocks: [body] }),
  does: {
    build: (statement, compiler) => {
      const { line, name, in: values, body } = statement
      const loop = compiler.add<ForOp>({ op: 'for', line, name, in: values, exit: 0, ...compiler.said(statement) })
      buildLoop(loop, body, compiler)
    },
    ops: {
      for: ({ name, in: given, exit }: ForOp, { values, loop }: Run) => {
        const items = given.kind === 'range' ? values.range(given) : values.of(given)
        if (!Array.isArray(items) && given.kind !== 'range')
          throw new Failed('type', `FOR ${name} IN needs a list, not ${shown(items as Json)}.`, {
            unfit: true,
            place: given.kind === 'expression' ? placeIn(given) : undefined,
          })
        loop(name, items as readonly Json[], exit)
      },
      next: ({ exit }: Instruction & { exit: number }, { stack, variables }: Run) => {
        const frame = stack.at(-1) as Extract<Frame, { kind: 'for' }>
        const { items } = frame
        const count = 'from' in items ? items.to - items.from + 1 : items.length
        if (frame.index >= count) {
          stack.pop()
          return exit
        }
        variables[frame.name] = 'from' in items ? items.from + frame.index : items[frame.index]!
        frame.index += 1
        return undefined
      },
    },
  },
})
