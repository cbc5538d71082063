import { suggestion } from '../options/index.ts'
import { PatternError } from './errors.ts'
import { OPTION_NAMES } from './forms.ts'
import { unquote } from './tokens.ts'
import type { Entry, Statement } from './tree.ts'

/** Words that an option may be. */
const CHOICES: Readonly<Record<string, readonly string[]>> = { 'GATHER late': ['cancel', 'keep'] }

/** The options of a statement, and its word. */
function optionsOf(statement: Statement): { word: keyof typeof OPTION_NAMES; options: readonly Entry[] } | undefined {
  switch (statement.kind) {
    case 'gather':
      return { word: 'GATHER', options: statement.options }
    case 'completion':
      return { word: 'AWAIT', options: statement.options }
    case 'retry':
      return { word: 'RETRY', options: statement.options }
    case 'spawn':
      return { word: 'SPAWN', options: statement.options }
    default:
      return undefined
  }
}

/** @throws PatternError for an option that a statement does not know */
export function checkOptions(
  statement: Statement,
  { file, source }: { file: string; source: string | undefined },
): void {
  const found = optionsOf(statement)
  if (!found) return
  const { word, options } = found
  const { line } = statement
  const names: readonly string[] = OPTION_NAMES[word]
  const fail = (name: string, problem: string, hint: string): never => {
    const column = (source?.split('\n')[line - 1] ?? '').search(new RegExp(`\\b${name}\\b\\s*"?\\s*:`)) + 1
    throw new PatternError(
      problem,
      { file, line, column: Math.max(1, column) },
      { ...(hint && { hint }), ...(source !== undefined && { source }) },
    )
  }
  for (const { name, value } of options) {
    if (!names.includes(name)) fail(name, `${word} has no option "${name}".`, suggestion(name, names))
    const choices = CHOICES[`${word} ${name}`]
    const said = value.kind === 'expression' && /^(["']).*\1$/.test(value.text) ? unquote(value.text) : undefined
    if (choices && said !== undefined && !choices.includes(said))
      fail(name, `${name} is "${said}": it may be ${choices.join(' or ')}.`, suggestion(said, choices))
  }
}
