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

/** Letters and digits alone: `rateLimited`, `rate-limited` and `rate_limited` are one name. */
const squashed = (name: string): string => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')
/** Shorter beginnings are those of many names. */
const MIN_BEGINNING = 4

const only = (names: readonly string[]): string | undefined => (names.length === 1 ? names[0] : undefined)

/**
 * The known name that is meant, as far as can be told: the nearest one, or the only one that is written otherwise, that
 * has the same beginning, or of which a word was given. For texts: what only begins alike may be another name.
 *
 * @example
 * ```ts
 * meantBy('ratelimit', ['rate_limited', 'reset']) // 'rate_limited'
 * ```
 */
export function meantBy(given: string, known: readonly string[]): string | undefined {
  const near = nearest(given, known)
  if (near !== undefined || given.length > MAX_LENGTH) return near
  const letters = squashed(given)
  if (letters.length < MIN_BEGINNING) return undefined
  const others = known
    .map((name) => ({ name, letters: squashed(name) }))
    .filter(({ letters: { length } }) => length > 0)
  const slip = nearest(
    letters,
    others.map((other) => other.letters),
  )
  const written = others.find((other) => other.letters === letters || other.letters === slip)
  if (written) return written.name
  const begun = others.filter(
    (other) =>
      other.letters.startsWith(letters) || (other.letters.length >= MIN_BEGINNING && letters.startsWith(other.letters)),
  )
  if (begun.length > 0) return only(begun.map(({ name }) => name))
  return only(
    known.filter((name) =>
      name
        .toLowerCase()
        .split(/[^\p{L}\p{N}]+/u)
        .includes(given.toLowerCase()),
    ),
  )
}

/** So many names are listed. */
const MAX_NAMES = 40

/** `Did you mean "x"?`, or the list of what there is. */
export function suggestion(given: string, known: readonly string[]): string {
  const meant = meantBy(given, known)
  if (meant !== undefined) return `Did you mean "${meant}"?`
  const more = known.length > MAX_NAMES ? ` and ${known.length - MAX_NAMES} more` : ''
  return known.length > 0
    ? `There ${known.length > 1 ? 'are' : 'is'}: ${known.slice(0, MAX_NAMES).join(', ')}${more}.`
    : ''
}
