import { readdirSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'

/** The name of the file that is being written, in front of its extension; in those that were put aside a number stands in its place. */
const CURRENT = '_current'
const DIGITS = 6

/** What stands before and after the number in the names of files that were put aside. */
function around(file: string): [before: string, after: string] {
  const extension = extname(file)
  const stem = basename(file, extension)
  return stem.endsWith(CURRENT) ? [`${stem.slice(0, -CURRENT.length)}_`, extension] : [`${stem}${extension}.`, '']
}

/** Files that were put aside, oldest first: `x_000001.jsonl` of `x_current.jsonl`, and `x.log.1` of `x.log`. */
export function asideOf(file: string): { file: string; number: number }[] {
  const [before, after] = around(file)
  return readdirSync(dirname(file))
    .flatMap((name) => {
      if (!name.startsWith(before) || !name.endsWith(after)) return []
      const digits = name.slice(before.length, name.length - after.length)
      return /^\d+$/.test(digits) ? [{ file: join(dirname(file), name), number: Number(digits) }] : []
    })
    .toSorted((a, b) => a.number - b.number)
}

/** The name under which a file is put aside next. */
export function nextAside(file: string): string {
  const [before, after] = around(file)
  const number = (asideOf(file).at(-1)?.number ?? 0) + 1
  const digits = after === '' ? String(number) : String(number).padStart(DIGITS, '0')
  return join(dirname(file), `${before}${digits}${after}`)
}
