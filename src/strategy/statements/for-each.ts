import type { Instruction } from '../compiler.ts'
import type { Json } from '../json.ts'
import type { Run } from '../run.ts'
import { define } from '../statement.ts'
import type { Block, Statement } from '../tree.ts'
import { buildLoop } from './loop.ts'

interface ForEach extends Statement {
  kind: 'forEach'
  name: string
  text: string
  body: Block
}

/** Goes over what the orchestrating agent says where there is no such list. */
export interface EachOp extends Instruction {
  op: 'each'
  name: string
  text: string
  exit: number
}

/** `FOR each step:` over the list `steps`, else over what the orchestrating agent says that they are. `for.ts` reads it. */
export const forEach = define<ForEach>({
  kind: 'forEach',
  forms: {},
  syntax: { read: null, ebnf: null },
  print: ({ text, body }, printer) => printer.headed(`FOR ${text}`, body),
  parts: ({ body }) => ({ blocks: [body] }),
  asks: () => 1,
  does: {
    build: ({ line, name, text, body }, compiler) =>
      buildLoop(compiler.add<EachOp>({ op: 'each', line, name, text, exit: 0 }), body, compiler),
    ops: {
      each: ({ name, text, exit }: EachOp, { variables, loop, requestEffect }: Run) => {
        const items = variables[`${name}s`]
        if (Array.isArray(items)) return loop(name, items as readonly Json[], exit)
        return requestEffect({ kind: 'value', text: `FOR ${text}: which are they? Answer with a JSON list.` }, 'items')
      },
    },
  },
})
