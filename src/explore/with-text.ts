/**
 * Adds a text to the message of an error. What takes none (a frozen error, a thrown text) stays as it is: nothing
 * stands in for what the user has thrown.
 */
export function withText(error: unknown, text: string): unknown {
  if (text === '' || !(error instanceof Error)) return error
  try {
    error.message += `\n\n${text}`
  } catch {
    // Frozen, or its message can only be read.
  }
  return error
}
