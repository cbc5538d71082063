/** Texts, each once, named by their place. */
export class Strings {
  readonly all: string[] = ['']
  readonly #places = new Map<string, number>([['', 0]])

  /** The place of a text. Nothing is the empty one. */
  of(text: string | null | undefined): number {
    if (text === null || text === undefined) return 0
    let place = this.#places.get(text)
    if (place === undefined) {
      place = this.all.length
      this.all.push(text)
      this.#places.set(text, place)
    }
    return place
  }
}

const MAX_TEXT = 2_000

/** What is shown of a text from a trace, which may be no text at all. */
export function shownText(given: unknown, most = MAX_TEXT): string {
  const text = typeof given === 'string' ? given : given === undefined ? '' : JSON.stringify(given)
  return text.length > most ? `${text.slice(0, most - 1)}…` : text
}
