import type { Block, Condition, Entry, Statement, Strategy, Value } from './tree.ts'

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

const printEntries = (entries: readonly Entry[]): string =>
  entries
    .map(({ name, value }) => `${PLAIN_NAME.test(name) ? name : JSON.stringify(name)}: ${printValue(value)}`)
    .join(', ')
const printObject = (entries: readonly Entry[]): string =>
  entries.length === 0 ? '{}' : `{ ${printEntries(entries)} }`
const printOptions = (entries: readonly Entry[]): string =>
  entries.length === 0 ? '' : ` WITH ${printEntries(entries)}`
const printCondition = ({ text }: Condition): string => text
const assigned = (name: string | null): string => (name === null ? '' : `${name} = `)
const as = (name: string | null): string => (name === null ? '' : ` AS ${name}`)

function printBlock(block: Block, indentation: string): string {
  return block.map((statement) => printStatement(statement, indentation)).join('')
}

const printText = (text: string, indentation: string): string =>
  text
    .split('\n')
    .map((part) => `${indentation}${part}\n`)
    .join('')

/** A statement as it stands in the text; of one with a block, the head. */
export const printHead = (statement: Statement): string =>
  printStatement(statement, '').split('\n')[0]!.replace(/:$/, '')

function printStatement(statement: Statement, indentation: string): string {
  const line = (text: string): string => `${indentation}${text}\n`
  const headed = (head: string, body: Block): string => line(`${head}:`) + printBlock(body, indentation + STEP)
  switch (statement.kind) {
    case 'gather':
      return line(`GATHER ${statement.name} FROM ${printValue(statement.from)}${printOptions(statement.options)}`)
    case 'completion':
      return line(
        `${assigned(statement.name)}AWAIT completion FROM ${printValue(statement.from)}${printOptions(statement.options)}`,
      )
    case 'events':
      return line(`AWAIT ${printObject(statement.request)}${as(statement.name)}`)
    case 'set':
      return line(`SET ${statement.name} = ${printValue(statement.value)}`)
    case 'call':
      return line(
        `${assigned(statement.name)}CALL ${statement.function}(${statement.arguments.map(printValue).join(', ')})`,
      )
    case 'collect':
      return line(`COLLECT ${printValue(statement.value)} INTO ${statement.into}`)
    case 'process':
      return line(`PROCESS ${printValue(statement.value)}${as(statement.name)}`)
    case 'spawn': {
      const { agent, options, name } = statement
      const what = agent ? `${printValue(agent)}${printOptions(options)}` : printObject(options)
      return line(`SPAWN ${what}${as(name)}`)
    }
    case 'terminate':
      return line(`TERMINATE ${printValue(statement.agent)}`)
    case 'send':
      return line(`SEND ${printValue(statement.message)} TO ${printValue(statement.to)}${as(statement.name)}`)
    case 'broadcast':
      return line(
        `BROADCAST ${printValue(statement.message)}${statement.to ? ` TO ${printValue(statement.to)}` : ''}${printOptions(statement.options)}`,
      )
    case 'emit':
      return line(
        `EMIT ${printValue(statement.event)}${statement.to ? ` TO ${printValue(statement.to)}` : ''}${statement.data ? ` WITH ${printValue(statement.data)}` : ''}`,
      )
    case 'track':
      return line(`TRACK ${printObject(statement.entry)}${as(statement.name)}`)
    case 'query':
    case 'aggregate':
    case 'coordinate':
      return line(`${statement.kind.toUpperCase()} ${printObject(statement.request)}${as(statement.name)}`)
    case 'wait':
      return line(`WAIT ${statement.duration.text}`)
    case 'waitFor':
      return line(`WAIT for ${statement.name}${statement.timeout ? ` OR ${statement.timeout.text}` : ''}`)
    case 'if':
      return (
        statement.branches
          .map(({ condition, body }, index) =>
            headed(`${index === 0 ? 'IF' : 'ELIF'} ${printCondition(condition)}`, body),
          )
          .join('') + (statement.otherwise ? headed('ELSE', statement.otherwise) : '')
      )
    case 'for':
      return headed(`FOR ${statement.name} IN ${printValue(statement.in)}`, statement.body)
    case 'forEach':
      return headed(`FOR ${statement.text}`, statement.body)
    case 'while':
      return headed(`WHILE ${printCondition(statement.condition)}`, statement.body)
    case 'parallel':
      return headed('PARALLEL', statement.body)
    case 'retry':
      return headed(`RETRY ${statement.times.text}${printOptions(statement.options)}`, statement.body)
    case 'guarded':
      return printStatement(statement.body, indentation) + headed('ON failure', statement.handler)
    case 'break':
      return line('BREAK')
    case 'continue':
      return line('CONTINUE')
    case 'checkpoint':
      return line(`CHECKPOINT${statement.name === null ? '' : ` ${JSON.stringify(statement.name)}`}`)
    case 'return':
      return line(`RETURN${statement.value ? ` ${printValue(statement.value)}` : ''}`)
    case 'log':
      return line(`LOG ${printValue(statement.value)}`)
    case 'assert':
      return line(`ASSERT ${statement.condition.text}`)
    case 'ask':
      return printText(statement.text, indentation)
    case 'check':
      return printText(`ASSERT ${statement.text}`, indentation)
    case 'converse':
      return ''
    case 'stage':
      return printText(statement.text, indentation) + printBlock(statement.body, indentation + STEP)
    default:
      return statement satisfies never
  }
}

/** A strategy as text that parses to the same tree. */
export const printStrategy = ({ statements }: Strategy): string => printBlock(statements, '')
