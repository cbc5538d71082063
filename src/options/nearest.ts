import leven from 'leven'

const sorted = (text: string): string => [...text.toLowerCase()].toSorted().join('')

/** Names longer than this are taken for data. */
const MAX_LENGTH = 200

/** The known name that is nearest to what was given, if it is near enough to be what was meant. */
export function nearest(given: string, known: Iterable<string>, most = given.length <= 5 ? 1 : 2): string | undefined {
  if (given.length > MAX_LENGTH) return undefined
  let best: string | undefined
  let distance = most
  for (const name of known) {
    if (name === given || Math.abs(name.length - given.length) > distance) continue
    // Two letters that changed places are one mistake.
    const found = sorted(given) === sorted(name) ? 1 : leven(given.toLowerCase(), name.toLowerCase())
    if (found <= distance) {
      best = name
      distance = found - 0.5
    }
  }
  return best
}

const singular = (name: string): string => name.toLowerCase().replace(/(?:es|s)$/, '')

/** Whether a name is so near to a known one that it is a mistake. One thing and several of it are two names. */
export function isMistake(given: string, known: Iterable<string>): boolean {
  const meant = nearest(given, known)
  return meant !== undefined && singular(meant) !== singular(given)
}

/** `Did you mean "x"?`, or the list of what there is. */
export function suggestion(given: string, known: readonly string[]): string {
  const near = nearest(given, known)
  if (near) return `Did you mean "${near}"?`
  return known.length > 0 ? `There ${known.length > 1 ? 'are' : 'is'}: ${known.slice(0, 40).join(', ')}.` : ''
}
