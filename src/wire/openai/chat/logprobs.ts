/** What the model gives up for each token that it might have said instead. */
const STEP = 1.7

/** A number in [0, 1) of a text, always the same. */
function fraction(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return (hash >>> 0) / 2 ** 32
}

const entry = (token: string, logprob: number): object => ({ token, logprob, bytes: [...Buffer.from(token)] })

/** How sure the model was of each word, and what it might have said instead. Made up, and always the same for the same text. */
export const logprobsOf = (text: string, alternatives: number): object[] =>
  (text.match(/\s*\S+|\s+$/g) ?? []).map((token) => {
    const logprob = -fraction(token) * 0.5
    const others = Array.from({ length: alternatives }, (_, nth) =>
      nth === 0 ? entry(token, logprob) : entry(`${token.slice(0, -1)}${'aeiou'[nth % 5]}`, logprob - nth * STEP),
    )
    return { ...entry(token, logprob), top_logprobs: others }
  })
