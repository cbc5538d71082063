import leven from 'leven'

/** Shorter words are too much like one another. */
const MIN_LETTERS = 5
/** Of a word in a name of several, the others of which are right. */
const MIN_LETTERS_BESIDE = 3
/** A letter in place of another makes other words of shorter ones: reader, leader. */
const MIN_FOR_OTHER_LETTER = 8

/** A letter three times in a row, where the other name has it twice, is a slip in a word of any length: `annn`, `ann`. */
const isTrebled = (given: string, meant: string): boolean =>
  /(\p{L})\1\1/u.test(given) && given.replaceAll(/(\p{L})\1\1+/gu, '$1$1') === meant

/** `codeReviewer_2` → `code`, `reviewer`, `2`. */
const wordsOf = (name: string): string[] =>
  name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')

const sorted = (word: string): string => [...word].toSorted().join('')

/**
 * Whether one word is the other with a slip of the fingers: a letter left out, doubled, swapped, or in a long word
 * another one.
 */
function isSlip(given: string, meant: string, least: number): boolean {
  if (/\d/.test(given + meant) || given[0] !== meant[0]) return false
  const shorter = Math.min(given.length, meant.length)
  if (shorter < least) return false
  const distance = leven(given, meant)
  if (given.length !== meant.length) return distance === 1
  if (distance === 2) return sorted(given) === sorted(meant)
  return distance === 1 && shorter >= MIN_FOR_OTHER_LETTER
}

/** Whether the second name has a number behind its words, and the first has none: `reseacher`, `researcher-1`. */
const isNumbered = (words: readonly string[], others: readonly string[]): boolean =>
  others.length === words.length + 1 && /^\d+$/.test(others.at(-1)!)

/** `researcher` and `researchers` beside `researcher-1` are names of a kind or a group. */
const isMisspeltOfNumbered = (given: string, stem: string): boolean => {
  const [one, other] = [given, stem].map((name) => wordsOf(name).join('').replace(/s$/, ''))
  return one !== other && isMisspelt(given, stem)
}

/**
 * Whether a name is another one, written wrongly. Careful: names that may be two, such as `worker_a` and `worker_b`,
 * are.
 *
 * @example
 * ```ts
 * isMisspelt('reseacher', 'researcher') // true
 * isMisspelt('worker-1', 'worker-2') // false
 * ```
 */
export function isMisspelt(given: string, meant: string): boolean {
  const [words, others] = [wordsOf(given), wordsOf(meant)]
  if (words.join('') === others.join('')) return true
  if (isTrebled(words.join(''), others.join('')) || isTrebled(others.join(''), words.join(''))) return true
  if (isNumbered(words, others)) return isMisspeltOfNumbered(given, others.slice(0, -1).join(' '))
  if (isNumbered(others, words)) return isMisspeltOfNumbered(meant, words.slice(0, -1).join(' '))
  if (words.length !== others.length) return isSlip(words.join(''), others.join(''), MIN_LETTERS)
  const different = words.flatMap((word, place) => (word === others[place] ? [] : [[word, others[place]!] as const]))
  if (different.length > 1) return false
  const [word, other] = different[0]!
  return isSlip(word, other, words.length > 1 ? MIN_LETTERS_BESIDE : MIN_LETTERS)
}
