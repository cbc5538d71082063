import type { Block, Statement } from './tree.ts'

type Gather = Extract<Statement, { kind: 'gather' }>

/** The option of GATHER that an ASSERT below it stands for. */
const EXTEND_FOR = 'extend_for'
const LEAST = /^len ?\( ?(\w+) ?\) ?(>=?) ?(\d+)$/

/** How many answers a statement wants of which gather. */
function wanted(statement: Statement): { of: string; count: number } | undefined {
  const [, of, comparison, number] = (statement.kind === 'assert' && LEAST.exec(statement.condition.text)) || []
  return of === undefined ? undefined : { of, count: Number(number) + (comparison === '>' ? 1 : 0) }
}

/** With what an ASSERT below it, which speaks of no other gather of that name, wants of it. */
function extended(gather: Gather, below: Block): Gather {
  if (gather.options.some(({ name }) => name === 'at_least' || name === EXTEND_FOR)) return gather
  for (const statement of below) {
    const found = wanted(statement)
    if (found?.of === gather.name) {
      const value = { kind: 'expression', text: String(found.count) } as const
      return { ...gather, options: [...gather.options, { name: EXTEND_FOR, value }] }
    }
    if ('name' in statement && statement.name === gather.name) break
  }
  return gather
}

/** `LOG collected_responses` below a `GATHER responses` tells these. */
function told(statement: Extract<Statement, { kind: 'log' }>, above: Block): Statement {
  const { value } = statement
  const [, name] = (value.kind === 'expression' && /^collected_(\w+)$/.exec(value.text)) || []
  const isGathered = name !== undefined && above.some((each) => each.kind === 'gather' && each.name === name)
  return isGathered ? { ...statement, value: { kind: 'expression', text: name } } : statement
}

/**
 * A block in which each GATHER knows what stands below it: where an `ASSERT len(responses) >= 2` wants more answers than are there when its
 * time is up, it waits on, as long again at the most. One that says `at_least` knows by itself.
 */
export const withGathered = (block: Block): Block =>
  block.map((statement, index) => {
    if (statement.kind === 'gather') return extended(statement, block.slice(index + 1))
    if (statement.kind === 'log') return told(statement, block.slice(0, index))
    return statement
  })
