/**
 * The longest run of text that goes to the encoder without a place at which it could be cut. Merging byte pairs takes
 * the square of a run's length: one letter 32,000 times takes half a second, and a megabyte of it for ever. Characters.
 */
const MAX_RUN = 512

/** Who wants the first tokens of a text takes no more of it than this. Characters. */
const MAX_PIECE = 16 * 1024

const SPACE = 32
const isHighSurrogate = (code: number): boolean => code >= 0xd800 && code < 0xdc00

/** Where the next word begins with its space: a token never reaches across it. */
function nextWord(text: string, from: number): number {
  for (let at = text.indexOf(' ', from + 1); at >= 0; at = text.indexOf(' ', at + 1))
    if (text.charCodeAt(at - 1) !== SPACE) return at
  return text.length
}

/**
 * A text in parts, each of which takes a time that grows with its length only. The tokens of ordinary text
 * are exact; within a run that is longer than any word, a cut may cost a token.
 */
export function* piecesOfText(text: string): Generator<string> {
  let from = 0
  for (let at = 0; at < text.length;) {
    const next = nextWord(text, at)
    if (next - at > MAX_RUN) {
      if (at > from) yield text.slice(from, at)
      for (let begin = at; begin < next;) {
        let end = Math.min(begin + MAX_RUN, next)
        if (end < next && isHighSurrogate(text.charCodeAt(end - 1))) end -= 1
        yield text.slice(begin, end)
        begin = end
      }
      from = next
    } else if (next - from > MAX_PIECE) {
      yield text.slice(from, next)
      from = next
    }
    at = next
  }
  if (from < text.length) yield text.slice(from)
}
