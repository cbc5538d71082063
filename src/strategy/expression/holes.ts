/** A part of a text: a `{{…}}`, or what stands between two of them. */
export interface Part {
  text: string
  /** From 0. */
  at: number
  isHole: boolean
}

/** Splits a text at its `{{…}}`. What is never closed is text. */
export function holesIn(text: string): Part[] {
  const parts: Part[] = []
  let from = 0
  const plain = (to: number): void => {
    if (to > from) parts.push({ text: text.slice(from, to), at: from, isHole: false })
  }
  for (let open = text.indexOf('{{'); open >= 0;) {
    const close = text.indexOf('}}', open + 2)
    if (close < 0) break
    // `{{a {{b}}` has a hole at b.
    const inner = text.lastIndexOf('{{', close - 1)
    const start = inner > open ? inner : open
    // `{{ { a: 1 }}}` ends with its last brace.
    const end = text[close + 2] === '}' && text.slice(start + 2, close).includes('{') ? close + 3 : close + 2
    plain(start)
    parts.push({ text: text.slice(start, end), at: start, isHole: true })
    from = end
    open = text.indexOf('{{', end)
  }
  plain(text.length)
  return parts
}
