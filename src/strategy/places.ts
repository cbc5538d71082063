import { PatternError, type Place } from './errors.ts'

/** Where the text of a strategy stands in its file. */
export interface SourceOrigin {
  file: string
  /** The line of the file on which the text begins, from 1. */
  line: number
  /** How many columns of the file stand before the text. */
  indentation: number
  /** The whole file, to show the line that is wrong. */
  source?: string
}

/** Finds the place in the file of an offset in the text. */
export class Places {
  readonly #starts: number[] = [0]
  readonly #origin: SourceOrigin

  constructor(text: string, origin: SourceOrigin) {
    this.#origin = origin
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1)
  }

  at(offset: number): Place {
    let low = 0
    let high = this.#starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.#starts[middle]! <= offset) low = middle
      else high = middle - 1
    }
    const { file, line, indentation } = this.#origin
    return { file, line: line + low, column: offset - this.#starts[low]! + 1 + indentation }
  }

  error(offset: number, problem: string, hint?: string): PatternError {
    const { source } = this.#origin
    return new PatternError(problem, this.at(offset), {
      ...(hint && { hint }),
      ...(source !== undefined && { source }),
    })
  }
}
