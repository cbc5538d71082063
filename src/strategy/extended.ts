import type { Assert } from './statements/assert.ts'
import type { Gather } from './statements/gather.ts'
import type { Log } from './statements/log.ts'
import type { Block, Statement } from './tree.ts'

/** The option of GATHER that an ASSERT below it stands for. */
const EXTEND_FOR = 'extend_for'
const LEAST = /^len ?\( ?(\w+) ?\) ?(>=?) ?(\d+)$/

/** How many answers a statement wants of which gather. */
function wanted(statement: Statement): { of: string; count: number } | undefined {
  const asserted = statement.kind === 'assert' ? (statement as Assert).condition.text : ''
  const [, of, comparison, number] = LEAST.exec(asserted) ?? []
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
function told(statement: Log, above: Block): Log {
  const { value } = statement
  const [, name] = (value.kind === 'expression' && /^collected_(\w+)$/.exec(value.text)) || []
  const isGathered =
    name !== undefined && above.some((each) => each.kind === 'gather' && (each as Gather).name === name)
  return isGathered ? { ...statement, value: { kind: 'expression', text: name } } : statement
}

/**
 * A block in which each GATHER knows what stands below it: where an `ASSERT len(responses) >= 2` wants more answers than are there when its
 * time is up, it waits on, as long again at the most. One that says `at_least` knows by itself.
 */
export const withGathered = (block: Block): Block =>
  block.map((statement, index) => {
    if (statement.kind === 'gather') return extended(statement as Gather, block.slice(index + 1))
    if (statement.kind === 'log') return told(statement as Log, block.slice(0, index))
    return statement
  })
