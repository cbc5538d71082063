import { locateAs } from './places.ts'
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

/** With what an ASSERT below it wants of it. */
function extended(gather: Gather, count: number | undefined): Gather {
  if (count === undefined) return gather
  if (gather.options.some(({ name }) => name === 'at_least' || name === EXTEND_FOR)) return gather
  const value = { kind: 'expression', text: String(count) } as const
  return locateAs({ ...gather, options: [...gather.options, { name: EXTEND_FOR, value }] }, gather)
}

/** The names of what a block gathers, not what blocks within it do. */
const gatheredIn = (block: Block): ReadonlySet<string> =>
  new Set(block.map((each) => (each.kind === 'gather' ? (each as Gather).name : '')))

/** `LOG collected_responses` beside a `GATHER responses` tells these: their name. */
function toldBy(statement: Statement, gathered: ReadonlySet<string>): string | undefined {
  if (statement.kind !== 'log') return undefined
  const { value } = statement as Log
  const [, name] = (value.kind === 'expression' && /^collected_(\w+)$/.exec(value.text)) || []
  return name !== undefined && gathered.has(name) ? name : undefined
}

/** With what it tells. */
function told(statement: Statement, gathered: ReadonlySet<string>): Statement {
  const name = toldBy(statement, gathered)
  return name === undefined
    ? statement
    : locateAs({ ...(statement as Log), value: { kind: 'expression', text: name } }, statement)
}

/** The statements of a block that tell what stands beside them has gathered: `collected_responses` is no variable of theirs. */
export function tellsGathered(block: Block): Statement[] {
  const gathered = gatheredIn(block)
  return block.filter((statement) => toldBy(statement, gathered) !== undefined)
}

/**
 * A block in which each GATHER knows what stands below it: where an `ASSERT len(responses) >= 2` wants more answers than are there when its
 * time is up, it waits on, as long again at the most. One that says `at_least` knows by itself.
 */
export function withGathered(block: Block): Block {
  /** What is wanted below of a gather of each name, up to the next statement that sets it. */
  const wants = new Map<string, number>()
  const gathered = gatheredIn(block)
  const backwards = block.toReversed().map((statement) => {
    const found = wanted(statement)
    if (found) wants.set(found.of, found.count)
    const { name } = statement as { name?: unknown }
    const count = typeof name === 'string' ? wants.get(name) : undefined
    if (typeof name === 'string') wants.delete(name)
    if (statement.kind === 'gather') return extended(statement as Gather, count)
    return told(statement, gathered)
  })
  return backwards.toReversed()
}
