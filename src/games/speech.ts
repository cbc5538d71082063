import type { History, Move } from './dilemma.ts'

const WORDS: readonly [RegExp, Move][] = [
  [/\bco-?operat(e|es|ing|ion)\b/gi, 'C'],
  [/\bdefect(s|ing|ion)?\b/gi, 'D'],
]

/**
 * The move that an answer names: a JSON object with a `move`, or the one word of the two that stands in the text.
 * Nothing where neither or both stand there.
 */
export function parseMove(text: string): Move | undefined {
  const json = /"move"\s*:\s*"(cooperate|defect|c|d)"/i.exec(text)
  if (json) return json[1]![0]!.toUpperCase() as Move
  const bare = /^\W*([CD])\W*$/.exec(text)
  if (bare) return bare[1] as Move
  const found = WORDS.filter(([pattern]) => text.search(pattern) >= 0)
  return found.length === 1 ? found[0]![1] : undefined
}

const list = (moves: readonly Move[]): string => (moves.length > 0 ? moves.join(' ') : 'none')

/** Tells a player where it stands. `readBriefing` reads it again. */
export const briefing = (round: number, opponent: string, { own, other }: History): string =>
  `Round ${round}. You play the prisoner's dilemma against ${opponent}.\nYour moves: ${list(own)}\nTheir moves: ${list(other)}\n` +
  `Answer with COOPERATE or DEFECT.`

const movesIn = (text: string | undefined): Move[] =>
  (text ?? '').split(' ').filter((move): move is Move => move === 'C' || move === 'D')

/** The history that the newest briefing in a prompt tells. */
export const readBriefing = (prompt: string): History => ({
  own: movesIn([...prompt.matchAll(/^Your moves: (.*)$/gm)].at(-1)?.[1]),
  other: movesIn([...prompt.matchAll(/^Their moves: (.*)$/gm)].at(-1)?.[1]),
})
