import { styleText } from 'node:util'
import { cliTable } from '../packages/index.ts'

type Data = Readonly<Record<string, unknown>>

/** What every answer has, and nobody reads. */
const FRAME: readonly string[] = ['_timestamp', '_response_id']
const MAX_ROWS = 200
const MAX_CELL = 80

const isObject = (value: unknown): value is Data => typeof value === 'object' && value !== null && !Array.isArray(value)
const isTimestamp = (name: string, value: unknown): value is number =>
  typeof value === 'number' && (name.endsWith('_at') || name === 'timestamp' || name === 'open_until')

/** A value on one line. */
function cell(name: string, value: unknown): string {
  if (value === null || value === undefined) return ''
  if (isTimestamp(name, value)) return new Date(value * 1_000).toISOString().replace('T', ' ').slice(0, 19)
  if (typeof value === 'number') return String(Number.isInteger(value) ? value : Number(value.toFixed(3)))
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  // What comes from a model or a file must not move the cursor.
  const plain = text.replaceAll(/\p{Cc}+/gu, ' ')
  return plain.length > MAX_CELL ? `${plain.slice(0, MAX_CELL - 1)}…` : plain
}

const LINES = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right', 'left', 'left-mid']
    .concat(['mid', 'mid-mid', 'right', 'right-mid'])
    .map((name) => [name, '']),
)

/** Rows as columns, without lines. */
export function table(rows: readonly Data[]): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((name) => !FRAME.includes(name))
  const shown = new (cliTable())({
    head: names.map((name) => styleText('bold', name)),
    chars: { ...LINES, middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })
  for (const row of rows.slice(0, MAX_ROWS)) shown.push(names.map((name) => cell(name, row[name])))
  const hidden = rows.length - MAX_ROWS
  return `${shown.toString().replaceAll(/ +$/gm, '')}${hidden > 0 ? `\n… ${hidden} more` : ''}`
}

/** Rows of a list of objects, or of objects by name. */
function rowsOf(value: unknown): readonly Data[] | undefined {
  if (Array.isArray(value) && value.length > 0 && value.every(isObject)) return value
  if (!isObject(value)) return undefined
  const entries = Object.entries(value)
  if (entries.length === 0 || !entries.every(([, each]) => isObject(each))) return undefined
  return entries.map(([name, each]) => ({ name, ...flat(each as Data) }))
}

/** Objects within an object as `outer.inner`, one level deep. */
const flat = (given: Data): Data =>
  Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) =>
      isObject(value) && !Object.values(value).some((inner) => typeof inner === 'object' && inner !== null)
        ? Object.entries(value).map(([inner, each]) => [`${name}.${inner}`, each])
        : [[name, value]],
    ),
  )

/** An answer of the daemon for people: plain values first, a line each, then a table for each list. */
export function forPeople(data: Data): string {
  const tables: string[] = []
  const values: [string, unknown][] = []
  for (const [name, value] of Object.entries(data)) {
    if (FRAME.includes(name)) continue
    const rows = rowsOf(value)
    if (rows) tables.push(`${styleText('bold', name)}\n${table(rows)}`)
    else if (isObject(value)) values.push(...Object.entries(flat({ [name]: value })))
    else values.push([name, value])
  }
  const width = Math.max(0, ...values.map(([name]) => name.length))
  const lines = values.map(([name, value]) =>
    `${name.padEnd(width)}  ${cell(name.split('.').at(-1)!, value)}`.trimEnd(),
  )
  return [...(lines.length > 0 ? [lines.join('\n')] : []), ...tables].join('\n\n')
}
