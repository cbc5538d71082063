import type { Printer } from './printer.ts'
import type { Slot } from './slots.ts'
import { definitionOf } from './statements/index.ts'
import type { Block, Condition, Entry, Expression, Statement, Strategy, Value } from './tree.ts'

const STEP = '  '
const PLAIN_NAME = /^[A-Za-z_]\w*$/

function printValue(value: Value): string {
  switch (value.kind) {
    case 'expression':
      return value.text
    case 'object':
      return printObject(value.entries)
    case 'list':
      return `[${value.items.map(printValue).join(', ')}]`
    case 'range':
      return `${value.from.text}..${value.to.text}`
    case 'either':
      return value.values.map(({ text }) => text).join(' OR ')
    default:
      return value satisfies never
  }
}

const printName = ({ name, key }: Entry): string =>
  key ? `[${key.text}]` : PLAIN_NAME.test(name) ? name : JSON.stringify(name)
const printEntries = (entries: readonly Entry[]): string =>
  entries.map((entry) => `${printName(entry)}: ${printValue(entry.value)}`).join(', ')
const printObject = (entries: readonly Entry[]): string =>
  entries.length === 0 ? '{}' : `{ ${printEntries(entries)} }`
const printOptions = (entries: readonly Entry[]): string =>
  entries.length === 0 ? '' : ` WITH ${printEntries(entries)}`

const printerAt = (indentation: string): Printer => ({
  value: printValue,
  object: printObject,
  options: printOptions,
  condition: ({ text }) => text,
  line: (text) => `${indentation}${text}\n`,
  lines: (text) =>
    text
      .split('\n')
      .map((part) => `${indentation}${part}\n`)
      .join(''),
  headed: (head, body) => `${indentation}${head}:\n${printBlock(body, indentation + STEP)}`,
  block: (body) => printBlock(body, indentation + STEP),
  same: (body) => printBlock(body, indentation),
})

/** Slots as text; nothing where all of them are left out. */
function printSlots(
  slots: readonly Slot[],
  node: Readonly<Record<string, unknown>>,
  { isWhole }: { isWhole: boolean },
): string | undefined {
  const words: string[] = []
  let isThere = isWhole || slots.every(({ slot }) => slot === 'word')
  for (const each of slots) {
    if (each.slot === 'word') words.push(each.word)
    else if (each.slot === 'maybe') {
      const inner = printSlots(each.of, node, { isWhole: false })
      if (inner !== undefined) words.push(inner)
    } else if (each.slot !== 'block') {
      const held = node[each.as]
      if (held === null || held === undefined) continue
      isThere = true
      if (each.slot === 'options') words.push(printOptions(held as Entry[]).trimStart())
      else if (each.slot === 'object') words.push(printObject(held as Entry[]))
      else if (each.slot === 'name') words.push(held as string)
      else if (each.slot === 'value' || each.slot === 'agents') words.push(printValue(held as Value))
      else words.push((held as Condition | Expression).text)
    }
  }
  return isThere ? words.filter(Boolean).join(' ') : undefined
}

function printStatement(statement: Statement, indentation: string): string {
  const { print, syntax } = definitionOf(statement)
  const printer = printerAt(indentation)
  if (print) return print(statement, printer)
  if (!('slots' in syntax)) throw new Error(`The printer does not support the statement "${statement.kind}".`)
  const node = statement as unknown as Readonly<Record<string, unknown>>
  const text = printSlots(syntax.slots, node, { isWhole: true }) ?? ''
  return syntax.slots.some(({ slot }) => slot === 'block')
    ? printer.headed(text, node['body'] as Block)
    : printer.line(text)
}

const printBlock = (block: Block, indentation: string): string =>
  block.map((statement) => printStatement(statement, indentation)).join('')

/** A statement as it stands in the text; of one with a block, the head. */
export const printHead = (statement: Statement): string =>
  printStatement(statement, '').split('\n')[0]!.replace(/:$/, '')

/** Prints a strategy as text that parses to the same tree. */
export const printStrategy = ({ statements }: Strategy): string => printBlock(statements, '')
