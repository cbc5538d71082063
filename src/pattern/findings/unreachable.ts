import { constantOf, partsOf, statementsIn, type Block, type Condition, type Statement } from '../../strategy/index.ts'
import type { Checking, PatternCheck } from './finding.ts'

const ENDS: ReadonlySet<string> = new Set(['return', 'break', 'continue'])

type If = Statement & { branches: readonly { condition: Condition; body: Block }[]; otherwise: Block | null }

/** Whether nothing behind a statement runs. */
function ends(statement: Statement): boolean {
  if (ENDS.has(statement.kind)) return true
  if (statement.kind === 'if') {
    const { branches, otherwise } = statement as If
    return otherwise !== null && [...branches.map(({ body }) => body), otherwise].every((body) => body.some(ends))
  }
  if (statement.kind === 'try' || statement.kind === 'stage') return partsOf(statement).blocks[0]!.some(ends)
  if (statement.kind === 'guarded') return partsOf(statement).blocks.every((body) => body.some(ends))
  return statement.kind === 'while' && isEndless(statement)
}

/** `WHILE true` that nothing leaves. */
function isEndless(statement: Statement): boolean {
  const { condition, body } = statement as Statement & { condition: Condition; body: Block }
  if (condition.kind !== 'expression' || constantOf(condition.text)?.value !== true) return false
  return ![...statementsIn(body)].some(({ kind }) => kind === 'break' || kind === 'return')
}

/** Statements that never run. */
export const checkUnreachable: PatternCheck = (checking) => look(checking.pattern.strategy.statements, checking)

function look(block: Block, checking: Checking): void {
  const last = block.findIndex(ends)
  const behind = last >= 0 ? block[last + 1] : undefined
  if (behind)
    checking.found(
      'warning',
      { statement: behind },
      `This statement is unreachable: line ${block[last]!.line} always leaves the block.`,
      'Remove the statement, or move it up.',
    )
  for (const statement of block) {
    const { blocks, conditions } = partsOf(statement)
    if (statement.kind === 'if' || statement.kind === 'while')
      for (const [nth, condition] of conditions.entries()) {
        const known = condition.kind === 'expression' ? constantOf(condition.text) : undefined
        const first = blocks[nth]?.[0]
        if (known && !known.value && first)
          checking.found(
            'warning',
            { statement: first },
            `This block never runs: the condition ${condition.text} is never true.`,
            'Remove the block, or correct the condition.',
          )
      }
    for (const inner of blocks) look(inner, checking)
  }
}
