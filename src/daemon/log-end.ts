import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

/** The end of a log, however large it is. At most so many bytes. */
export function endOf(file: string, most: number): string {
  const descriptor = openSync(file, 'r')
  try {
    const { size } = fstatSync(descriptor)
    const end = Buffer.alloc(Math.min(size, most))
    readSync(descriptor, end, 0, end.length, size - end.length)
    return end.toString('utf8')
  } finally {
    closeSync(descriptor)
  }
}
