import { PatternError } from './errors.ts'
import { withGathered } from './gathered.ts'
import { checkOptions } from './options.ts'
import { printHead } from './print.ts'
import type { Block, Condition, Entry, Expression, Statement, Strategy, Value } from './tree.ts'

/** A statement that asks something of the orchestrator. */
export type EffectStatement = Extract<
  Statement,
  {
    kind:
      | 'gather'
      | 'completion'
      | 'events'
      | 'call'
      | 'process'
      | 'spawn'
      | 'terminate'
      | 'send'
      | 'broadcast'
      | 'emit'
      | 'track'
      | 'query'
      | 'aggregate'
      | 'coordinate'
      | 'converse'
      | 'check'
      | 'wait'
      | 'waitFor'
      | 'checkpoint'
      | 'log'
      | 'ask'
  }
>

/** One step of a program. Addresses are indices into the list of instructions. `line` is that of the statement. */
export type Instruction = {
  line: number
  /** The statement as text: in a sketch, what it names and does not define is asked of the orchestrating agent. */
  said?: string
} & (
  | { op: 'effect'; statement: EffectStatement }
  | { op: 'set'; name: string; value: Value }
  | { op: 'collect'; value: Value; into: string }
  | { op: 'assert'; condition: Expression }
  | { op: 'branch'; condition: Condition; otherwise: number }
  | { op: 'jump'; to: number }
  | { op: 'for'; name: string; in: Value; exit: number }
  | { op: 'each'; name: string; text: string; exit: number }
  | { op: 'next'; exit: number }
  | { op: 'while'; exit: number }
  | { op: 'leave' }
  | { op: 'break' }
  | { op: 'continue' }
  | { op: 'guard'; handler: number }
  | { op: 'retry'; times: Expression; options: readonly Entry[] }
  | { op: 'fork'; branches: readonly number[]; join: number }
  | { op: 'return'; value: Value | null }
  | { op: 'end' }
)

/** A strategy as a list of instructions, so that where it stands is a number. */
export type Program = readonly Instruction[]

/**
 * Flattens a strategy.
 *
 * @throws PatternError for BREAK or CONTINUE outside of a loop, and for options that there are not
 */
export function compileProgram({ statements, isSketch }: Strategy, file = 'strategy', source?: string): Program {
  const program: Instruction[] = []
  const add = <Added extends Instruction>(instruction: Added): Added => {
    program.push(instruction)
    return instruction
  }

  const addBlock = (block: Block, inLoop: boolean): void => {
    for (const statement of withGathered(block)) addStatement(statement, inLoop)
  }

  /** What can be asked of the orchestrating agent where the strategy does not say enough. */
  const asText = (text: string): { said?: string } => (isSketch ? { said: text } : {})

  const addStatement = (statement: Statement, inLoop: boolean): void => {
    const { line } = statement
    checkOptions(statement, { file, source })
    switch (statement.kind) {
      case 'set':
        add({ op: 'set', line, name: statement.name, value: statement.value, ...asText(printHead(statement)) })
        return
      case 'collect':
        add({ op: 'collect', line, value: statement.value, into: statement.into, ...asText(printHead(statement)) })
        return
      case 'stage':
        add({ op: 'effect', line, statement: { kind: 'ask', line, text: statement.text } })
        addBlock(statement.body, inLoop)
        return
      case 'assert':
        add({ op: 'assert', line, condition: statement.condition })
        return
      case 'return':
        add({ op: 'return', line, value: statement.value })
        return
      case 'break':
      case 'continue':
        if (!inLoop)
          throw new PatternError(
            `${statement.kind.toUpperCase()} stands in no loop.`,
            { file, line, column: 1 },
            {
              hint: 'It belongs into the block of a FOR, FOREACH or WHILE; out of PARALLEL it cannot jump.',
              ...(source !== undefined && { source }),
            },
          )
        add({ op: statement.kind, line })
        return
      case 'if': {
        const ends: { to: number }[] = []
        for (const { condition, body } of statement.branches) {
          const branch = add({ op: 'branch', line, condition, otherwise: 0, ...asText(condition.text) })
          addBlock(body, inLoop)
          ends.push(add({ op: 'jump', line, to: 0 }))
          branch.otherwise = program.length
        }
        if (statement.otherwise) addBlock(statement.otherwise, inLoop)
        for (const end of ends) end.to = program.length
        return
      }
      case 'for': {
        const { name } = statement
        addLoop(add({ op: 'for', line, name, in: statement.in, exit: 0, ...asText(printHead(statement)) }), statement)
        return
      }
      case 'forEach':
        addLoop(add({ op: 'each', line, name: statement.name, text: statement.text, exit: 0 }), statement)
        return
      case 'while': {
        const loop = add({ op: 'while', line, exit: 0 })
        const head = program.length
        const { condition } = statement
        const branch = add({ op: 'branch', line, condition, otherwise: 0, ...asText(condition.text) })
        addBlock(statement.body, true)
        add({ op: 'jump', line, to: head })
        branch.otherwise = program.length
        add({ op: 'leave', line })
        loop.exit = program.length
        return
      }
      case 'guarded': {
        const guard = add({ op: 'guard', line, handler: 0 })
        addStatement(statement.body, inLoop)
        add({ op: 'leave', line })
        const over = add({ op: 'jump', line, to: 0 })
        guard.handler = program.length
        addBlock(statement.handler, inLoop)
        over.to = program.length
        return
      }
      case 'retry':
        add({ op: 'retry', line, times: statement.times, options: statement.options })
        addBlock(statement.body, inLoop)
        add({ op: 'leave', line })
        return
      case 'parallel': {
        const branches: number[] = []
        const fork = add({ op: 'fork', line, branches, join: 0 })
        for (const child of statement.body) {
          branches.push(program.length)
          addStatement(child, false)
          add({ op: 'end', line: child.line })
        }
        fork.join = program.length
        return
      }
      case 'ask':
      case 'check':
      case 'log':
        add({ op: 'effect', line, statement })
        return
      default:
        add({ op: 'effect', line, statement, ...asText(printHead(statement)) })
    }
  }

  const addLoop = (loop: { exit: number }, { line, body }: { line: number; body: Block }): void => {
    const head = program.length
    const next = add({ op: 'next', line, exit: 0 })
    addBlock(body, true)
    add({ op: 'jump', line, to: head })
    loop.exit = next.exit = program.length
  }

  addBlock(statements, false)
  add({ op: 'end', line: statements.at(-1)?.line ?? 1 })
  return program
}
