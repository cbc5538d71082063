import { parseTimeMode, type TimeMode } from '../clock/index.ts'
import { UsageError } from './flags.ts'

/**
 * How time goes in a process whose clients are other ones: virtual time cannot be.
 *
 * @throws UsageError saying what may be given
 */
export function timeModeIn(text: string): Exclude<TimeMode, { kind: 'virtual' }> {
  if (text === 'virtual')
    throw new UsageError(
      '--time virtual requires a single process, and this command serves other processes. Give real, or a factor such as 60x.',
    )
  try {
    return parseTimeMode(text) as Exclude<TimeMode, { kind: 'virtual' }>
  } catch {
    const factor = Number(text) > 0 ? `${Number(text)}x` : '60x'
    throw new UsageError(
      `--time: "${text}" is not a time mode of this command. Give real, or a factor such as ${factor}.`,
    )
  }
}
