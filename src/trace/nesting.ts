const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_BLOCK, CLOSE_BLOCK] = [34, 92, 91, 93, 123, 125]

/**
 * Whether JSON nests its lists and blocks deeper than that many levels. What comes from elsewhere is looked through
 * before it is read: programs that walk a value by calling themselves have a stack that ends.
 */
export function nestsDeeper(text: string, most: number): boolean {
  let depth = 0
  let inText = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (inText) {
      if (code === BACKSLASH) at += 1
      else if (code === QUOTE) inText = false
    } else if (code === QUOTE) inText = true
    else if (code === OPEN_LIST || code === OPEN_BLOCK) {
      depth += 1
      if (depth > most) return true
    } else if (code === CLOSE_LIST || code === CLOSE_BLOCK) depth -= 1
  }
  return false
}
