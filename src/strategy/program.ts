import type { OptionType } from '../options/index.ts'
import { checkOptions } from './checked-options.ts'
import type { Branch, Compiler, Instruction, Jump, Program } from './compiler.ts'
import { PatternError } from './errors.ts'
import { constantOf, shown } from './expression/index.ts'
import { withGathered } from './extended.ts'
import { errorIn, placeIn } from './places.ts'
import { printHead } from './print.ts'
import { isEffect } from './statement.ts'
import { definitionOf } from './statements/index.ts'
import type { Guarded } from './statements/guarded.ts'
import type { Block, Expression, Statement, Strategy } from './tree.ts'

export type { Program } from './compiler.ts'

/** An instruction that asks something of the orchestrator. */
export interface EffectOp extends Instruction {
  op: 'effect'
  statement: Statement
}

/**
 * Flattens a strategy.
 *
 * @throws PatternError for BREAK or CONTINUE outside of a loop, for options that there are not, and for values of options that are known and
 * do not fit
 */
export function compileProgram({ statements, isSketch }: Strategy, file = 'strategy', source?: string): Program {
  const program: Instruction[] = []
  const add = <Added extends Instruction>(instruction: Added): Added => {
    program.push(instruction)
    return instruction
  }
  const asText = (text: string): { said?: string } => (isSketch ? { said: text } : {})

  const compilerWith = (inLoop: boolean, isGuarded: boolean): Compiler => ({
    get here() {
      return program.length
    },
    add,
    inLoop,
    isGuarded,
    block: (body, { inLoop: within = inLoop } = {}) => addBlock(body, within),
    one: (statement, { inLoop: within = inLoop } = {}) => addStatement(statement, within, isGuarded),
    branch: (condition, line) =>
      add<Branch>({ op: 'branch', line, condition, otherwise: 0, ...asText(condition.text) }),
    jump: (line) => add<Jump>({ op: 'jump', line, to: 0 }),
    said: (statement) => asText(printHead(statement)),
    effect: (statement) => addEffect(statement),
    fail: (statement, problem, hint, at) => {
      if (at && placeIn(at)) throw errorIn(at, { problem, hint, line: statement.line, file, source })
      throw new PatternError(
        problem,
        { file, line: statement.line, column: 1 },
        { ...(hint && { hint }), ...(source !== undefined && { source }) },
      )
    },
  })

  const refuseConstant = (
    { line }: Statement,
    expression: Expression,
    { needs, fits, hint }: OptionType,
    owner: string,
  ): void => {
    const known = constantOf(expression.text)
    if (!known || fits(known.value)) return
    const problem = `${owner} needs ${needs}, not ${shown(known.value)}.`
    throw errorIn(expression, { problem, hint: hint?.(known.value), line, file, source })
  }

  const addBlock = (block: Block, inLoop: boolean): void => {
    for (const statement of withGathered(block)) addStatement(statement, inLoop, false)
  }

  const addEffect = (statement: Statement): void => {
    const { line } = statement
    const { does } = definitionOf(statement)
    const said = isEffect(does) && does.isSaid ? {} : asText(printHead(statement))
    add<EffectOp>({ op: 'effect', line, statement, ...said })
  }

  const addStatement = (statement: Statement, inLoop: boolean, isGuarded: boolean): void => {
    const { does, options, constants } = definitionOf(statement)
    if (options) checkOptions(statement, options, { file, source })
    for (const { expression, type, owner } of constants?.(statement) ?? [])
      refuseConstant(statement, expression, type, owner)
    const from = program.length
    const guards = statement.kind === ('guarded' satisfies Guarded['kind'])
    if (isEffect(does)) addEffect(statement)
    else does.build(statement, compilerWith(inLoop, guards || (isGuarded && statement.kind === 'try')))
    const column = placeIn(statement)?.column
    if (column === undefined) return
    // Those of blocks within know theirs already.
    for (const instruction of program.slice(from))
      if (instruction.line === statement.line) instruction.column ??= column
  }

  addBlock(statements, false)
  add({ op: 'end', line: statements.at(-1)?.line ?? 1 })
  return program
}
