import type { History, Move } from './dilemma.ts'

const WORDS: readonly [RegExp, Move][] = [
  [/\bco-?operat(e|es|ing|ion)\b/gi, 'C'],
  [/\bdefect(s|ing|ion)?\b/gi, 'D'],
]

/**
 * The move in an answer: the `move` of a JSON object, or the only one of the two words in the text. Undefined if the
 * text contains neither or both.
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

/** Describes the state of the game to a player. `readBriefing` parses the text. */
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
