import { define } from '../statement.ts'
import type { Instruction } from '../compiler.ts'
import type { Run } from '../run.ts'
import type { Expression, Statement, Value } from '../tree.ts'
import { forgetGathered } from './gathered.ts'
import { withItem } from './item.ts'

interface SetStatement extends Statement {
  kind: 'set'
  name: string
  /** `x[key].name`: where in the variable. */
  path?: readonly Expression[]
  value: Value
}

interface SetOp extends Instruction {
  op: 'set'
  name: string
  path: readonly Expression[]
  value: Value
}

const printed = ({ text }: Expression): string => `[${text}]`

/** Puts a value into a variable, or into a part of it. */
export const set = define<SetStatement>({
  kind: 'set',
  forms: { SET: 'SET name = expression, or SET name[key] = expression' },
  syntax: {
    ebnf: '[ "SET" ] NAME { "[" expression "]" | "." NAME } "=" ( completion | call | gather | value )',
    read: (reader) => reader.read(1, 'assignment'),
  },
  print: ({ name, path = [], value }, printer) =>
    printer.line(`SET ${name}${path.map(printed).join('')} = ${printer.value(value)}`),
  parts: ({ path = [], value }) => ({ values: [value], expressions: path }),
  // A part of a variable does not make one.
  sets: ({ name, path }) => (path ? [] : [name]),
  does: {
    build: (statement, { add, said }) => {
      const { line, name, path = [], value } = statement
      add<SetOp>({ op: 'set', line, name, path, value, ...said(statement) })
    },
    ops: {
      set: ({ name, path, value }: SetOp, { values, variables }: Run) => {
        const given = values.of(value)
        if (path.length === 0) {
          forgetGathered(name, variables)
          variables[name] = given
        } else variables[name] = withItem({ kind: 'expression', text: name }, path, given, values)
      },
    },
  },
})
