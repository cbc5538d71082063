import { PatternError } from './errors.ts'
import { withGathered } from './gathered.ts'
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
      | 'wait'
      | 'waitFor'
      | 'checkpoint'
      | 'log'
      | 'ask'
  }
>

/** One step of a program. Addresses are indices into the list of instructions. `line` is that of the statement. */
export type Instruction = { line: number } & (
  | { op: 'effect'; statement: EffectStatement }
  | { op: 'set'; name: string; value: Value }
  | { op: 'collect'; value: Value; into: string }
  | { op: 'assert'; condition: Expression }
  | { op: 'branch'; condition: Condition; otherwise: number }
  | { op: 'jump'; to: number }
  | { op: 'for'; name: string; in: Value; exit: number }
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
 * @throws PatternError for BREAK or CONTINUE outside of a loop
 */
export function compileProgram({ statements }: Strategy, file = 'strategy', source?: string): Program {
  const program: Instruction[] = []
  const add = <Added extends Instruction>(instruction: Added): Added => {
    program.push(instruction)
    return instruction
  }

  const addBlock = (block: Block, inLoop: boolean): void => {
    for (const statement of withGathered(block)) addStatement(statement, inLoop)
  }

  const addStatement = (statement: Statement, inLoop: boolean): void => {
    const { line } = statement
    switch (statement.kind) {
      case 'set':
        add({ op: 'set', line, name: statement.name, value: statement.value })
        return
      case 'collect':
        add({ op: 'collect', line, value: statement.value, into: statement.into })
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
          const branch = add({ op: 'branch', line, condition, otherwise: 0 })
          addBlock(body, inLoop)
          ends.push(add({ op: 'jump', line, to: 0 }))
          branch.otherwise = program.length
        }
        if (statement.otherwise) addBlock(statement.otherwise, inLoop)
        for (const end of ends) end.to = program.length
        return
      }
      case 'for': {
        const loop = add({ op: 'for', line, name: statement.name, in: statement.in, exit: 0 })
        const head = program.length
        const next = add({ op: 'next', line, exit: 0 })
        addBlock(statement.body, true)
        add({ op: 'jump', line, to: head })
        loop.exit = next.exit = program.length
        return
      }
      case 'while': {
        const loop = add({ op: 'while', line, exit: 0 })
        const head = program.length
        const branch = add({ op: 'branch', line, condition: statement.condition, otherwise: 0 })
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
      default:
        add({ op: 'effect', line, statement })
    }
  }

  addBlock(statements, false)
  add({ op: 'end', line: statements.at(-1)?.line ?? 1 })
  return program
}
