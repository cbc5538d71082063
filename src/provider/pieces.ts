import type { Piece, Reply } from './call.ts'

/** A stream has at most about so many pieces of text: one for every token would cost more than it shows. */
const MOST_PIECES = 32

/** Cuts an answer into the pieces in which it is streamed. Together they are the answer. */
export function piecesOf({ text, toolCalls }: Reply): Piece[] {
  const words = text.match(/\s*\S+|\s+$/g) ?? []
  const perPiece = Math.max(1, Math.ceil(words.length / MOST_PIECES))
  const pieces: Piece[] = []
  for (let from = 0; from < words.length; from += perPiece) {
    const part = words.slice(from, from + perPiece).join('')
    pieces.push({ kind: 'text', block: 0, opens: from === 0, closes: from + perPiece >= words.length, text: part })
  }
  const blocksBefore = words.length > 0 ? 1 : 0
  toolCalls.forEach((call, tool) => {
    const block = blocksBefore + tool
    const middle = Math.ceil(call.arguments.length / 2)
    pieces.push({
      kind: 'tool',
      block,
      opens: true,
      closes: false,
      tool,
      call,
      arguments: call.arguments.slice(0, middle),
    })
    pieces.push({
      kind: 'tool',
      block,
      opens: false,
      closes: true,
      tool,
      call,
      arguments: call.arguments.slice(middle),
    })
  })
  return pieces
}
