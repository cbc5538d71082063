/** A line of a stack that says where longhaul was. */
const OF_LONGHAUL = /^\s+at .*[\\/]longhaul[\\/]dist[\\/]/
/** Any line of a stack. */
const FRAME = /^\s+at /
/** Node shows what an error has, such as its cause, in brackets that it opens behind the last line of the stack. */
const OPENING = ' {'

/**
 * A text with stacks, without the lines of longhaul that stand below others: they tell a reader nothing of the system
 * or of the test. An error that longhaul did not mean to throw keeps the lines at its top.
 *
 * @param isMeant whether longhaul has thrown the error to tell of the system or of the test
 */
export function withoutOwnFrames(text: string, isMeant = false): string {
  const kept: string[] = []
  let isBelow = isMeant
  for (const line of text.split('\n')) {
    const isOwn = OF_LONGHAUL.test(line)
    isBelow = isMeant || (FRAME.test(line) && (isBelow || !isOwn))
    if (!isBelow || !isOwn) kept.push(line)
    else if (line.endsWith(OPENING)) kept.push(`${kept.pop()}${OPENING}`)
  }
  return kept.join('\n')
}
