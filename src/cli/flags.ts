import { suggestion } from '../options/index.ts'

/** An option of a command, as `--name VALUE`, or `--name` where it takes none. */
export interface Flag {
  about: string
  /** What stands for its value in the help. */
  value?: string
}

export type Flags = Readonly<Record<string, Flag>>

/** What a command was given. Flags without a value are `true`. */
export interface Given {
  words: readonly string[]
  flags: Readonly<Partial<Record<string, string>>>
}

/** One command of `longhaul`. */
export interface Command {
  /** Behind `longhaul`, without its flags. */
  usage: string
  about: string
  flags: Flags
  /** How many words it takes at the most. Default: any number. */
  maxWords?: number
  run(given: Given): void | Promise<void>
}

/** Whether a word asks for help. */
export const isHelp = (word: string): boolean => word === '--help' || word === '-h'

/** Thrown for an invalid command line. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly code = 'LONGHAUL_USAGE'
}

/**
 * Reads `word --flag value --flag=value --switch …`.
 *
 * @throws UsageError for a flag that is unknown, with the nearest known one, or has no value
 */
export function readFlags(args: readonly string[], known: Flags): Given {
  const words: string[] = []
  const flags: Record<string, string> = Object.create(null) as Record<string, string>
  for (let index = 0; index < args.length; index++) {
    const word = args[index]!
    const [, name, inline] = /^--([A-Za-z][\w-]*)(?:=(.*))?$/s.exec(word) ?? []
    if (name === undefined) {
      if (word.startsWith('-') && word !== '-') throw new UsageError(`There is no option ${word}.`)
      words.push(word)
      continue
    }
    const flag = Object.hasOwn(known, name) ? known[name] : undefined
    if (!flag)
      throw new UsageError(
        `There is no option --${name}. ${suggestion(name, Object.keys(known)).replace(/"(.*)"/, '--$1')}`,
      )
    if (flag.value === undefined) {
      if (inline !== undefined && inline !== 'true')
        throw new UsageError(`--${name} takes no value. Give the option alone, or omit it.`)
      flags[name] = 'true'
      continue
    }
    const value = inline ?? args[(index += 1)]
    if (value === undefined) throw new UsageError(`--${name} needs a value: ${flag.value}.`)
    flags[name] = value
  }
  return { words, flags }
}

/** @throws UsageError for a word more than a command takes */
export function refuseMoreWords({ usage, maxWords = Number.POSITIVE_INFINITY }: Command, { words }: Given): void {
  const more = words[maxWords]
  if (more === undefined) return
  const takes = maxWords === 0 ? 'takes options only' : `takes ${maxWords} word${maxWords === 1 ? '' : 's'} at most`
  throw new UsageError(`longhaul ${usage.split(' ')[0]} does not accept "${more}": the command ${takes}.`)
}

/** Flags in columns. */
export function describeFlags(flags: Flags): string {
  const rows = Object.entries(flags).map(
    ([name, { about, value }]) => [`--${name}${value ? ` ${value}` : ''}`, about] as const,
  )
  const width = Math.max(0, ...rows.map(([name]) => name.length))
  return rows.map(([name, about]) => `  ${name.padEnd(width)}  ${about}\n`).join('')
}

/** The help of one command. */
export const helpOf = ({ usage, about, flags }: Command): string =>
  `longhaul ${usage}\n\n${about}\n${Object.keys(flags).length > 0 ? `\n${describeFlags(flags)}` : ''}`

/** A number that a flag or the environment gives. */
export function numberIn(
  name: string,
  text: string,
  { least, most, whole = false }: { least: number; most: number; whole?: boolean },
): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return value
  throw new UsageError(`${name} is "${text}". Give a ${whole ? 'whole ' : ''}number from ${least} to ${most}.`)
}
