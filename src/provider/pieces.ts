import type { Choice, Piece, Reply } from './call.ts'

/** A stream has at most about so many pieces of text: one for every token would cost more than it shows. */
const MAX_PIECES = 32

/** Cuts an answer into the pieces in which it is streamed, those of its choices in turn. Together they are the answer. */
export function piecesOf({ choices }: Pick<Reply, 'choices'>): Piece[] {
  const [first, ...others] = choices
  if (others.length === 0) return piecesOfChoice(first, 0)
  const all = choices.map(piecesOfChoice)
  const longest = Math.max(...all.map((pieces) => pieces.length))
  return Array.from({ length: longest }, (_, nth) => all.flatMap((pieces) => pieces[nth] ?? [])).flat()
}

function piecesOfChoice({ reasoning, hosted, text, toolCalls }: Choice, choice: number): Piece[] {
  const pieces: Piece[] = []
  let block = 0
  if (reasoning !== undefined && writeWords(pieces, { kind: 'reasoning', choice, block }, reasoning)) block += 1
  for (const use of hosted ?? [])
    pieces.push({ kind: 'hosted', choice, block: block++, opens: true, closes: true, use })
  if (writeWords(pieces, { kind: 'text', choice, block }, text)) block += 1
  toolCalls.forEach((call, tool) => {
    const of = { kind: 'tool', choice, block: block + tool, tool, call } as const
    const middle = wholeUpTo(call.arguments, Math.ceil(call.arguments.length / 2))
    pieces.push({ ...of, opens: true, closes: false, arguments: call.arguments.slice(0, middle) })
    pieces.push({ ...of, opens: false, closes: true, arguments: call.arguments.slice(middle) })
  })
  return pieces
}

/** Adds a text some words at a time; says whether there were any. */
function writeWords(
  pieces: Piece[],
  { kind, choice, block }: { kind: 'reasoning' | 'text'; choice: number; block: number },
  text: string,
): boolean {
  const words = text.match(/\s*\S+|\s+$/g)
  if (!words) return false
  const perPiece = Math.max(1, Math.ceil(words.length / MAX_PIECES))
  for (let from = 0; from < words.length; from += perPiece) {
    const part = words.slice(from, from + perPiece).join('')
    pieces.push({ kind, choice, block, opens: from === 0, closes: from + perPiece >= words.length, text: part })
  }
  return true
}

/** A place in a text that parts no character that takes two units. */
function wholeUpTo(text: string, place: number): number {
  const unit = text.charCodeAt(place - 1)
  return unit >= 0xd800 && unit <= 0xdbff ? place + 1 : place
}
