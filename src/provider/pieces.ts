import type { Choice, Piece, Reply } from './call.ts'

/** A stream has at most about so many pieces of text: one for every token would cost more than it shows. */
const MOST_PIECES = 32

/** Cuts an answer into the pieces in which it is streamed, those of its choices in turn. Together they are the answer. */
export function piecesOf({ choices }: Pick<Reply, 'choices'>): Piece[] {
  const [first, ...others] = choices
  if (others.length === 0) return piecesOfChoice(first, 0)
  const all = choices.map(piecesOfChoice)
  const longest = Math.max(...all.map((pieces) => pieces.length))
  return Array.from({ length: longest }, (_, nth) => all.flatMap((pieces) => pieces[nth] ?? [])).flat()
}

function piecesOfChoice({ text, toolCalls }: Choice, choice: number): Piece[] {
  const words = text.match(/\s*\S+|\s+$/g) ?? []
  const perPiece = Math.max(1, Math.ceil(words.length / MOST_PIECES))
  const pieces: Piece[] = []
  for (let from = 0; from < words.length; from += perPiece) {
    const part = words.slice(from, from + perPiece).join('')
    const closes = from + perPiece >= words.length
    pieces.push({ kind: 'text', choice, block: 0, opens: from === 0, closes, text: part })
  }
  const blocksBefore = words.length > 0 ? 1 : 0
  toolCalls.forEach((call, tool) => {
    const of = { kind: 'tool', choice, block: blocksBefore + tool, tool, call } as const
    const middle = Math.ceil(call.arguments.length / 2)
    pieces.push({ ...of, opens: true, closes: false, arguments: call.arguments.slice(0, middle) })
    pieces.push({ ...of, opens: false, closes: true, arguments: call.arguments.slice(middle) })
  })
  return pieces
}
