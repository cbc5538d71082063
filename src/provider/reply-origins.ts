import type { Message } from './call.ts'

/** An answer that was given. */
interface Answer {
  call: number
  /** Where in the trace it ended. */
  end: number
  text: string
}

/** Answers that are remembered. */
const REMEMBERED = 1_000
/** What somebody puts before the answer of another: "Ben says: …". */
const INTRODUCTION = /^[^\n:]{1,80}:\s+/
/** Characters by which a longer answer is known again, also where it was cut off after them. */
const BEGINNING = 64
/** Answers that a prompt is said to hold: the newest. */
export const MAX_HELD = 16
/** What marks an entry of a list, behind which something may begin too. */
const MARKS = /(?:[-*#>]+|\d+[.)])\s+/y
const WHITE = /\s/
const NONE: readonly number[] = []
const END_OF_LINE = /["”»<\n]/

/** Who was answered what, so that it can be told which answers a prompt hands on. */
export class ReplyOrigins {
  /** The newest of each text, the oldest first. */
  readonly #answers = new Map<string, Answer>()
  readonly #byBeginning = new Map<string, Answer>()
  #newest: Answer | undefined
  /** What answers have begun with, as UTF-16 units: nearly all places of a prompt are told by it to be none. */
  readonly #initials = new Set<number>()

  /**
   * @param end the place in the trace where the answer ended
   * @param call the call that it answered
   */
  add(answer: string, end: number, call: number): void {
    this.#keep({ text: answer.trim(), end, call })
    for (const text of fieldsOf(answer)) this.#keep({ text: text.trim(), end, call })
  }

  /** The place in the trace where the answer ended that a question consists of. */
  find(question: string): number | undefined {
    const text = question.trim()
    const said = this.#answers.get(text) ?? (text.includes(':') && this.#answers.get(text.replace(INTRODUCTION, '')))
    return said ? said.end : undefined
  }

  /**
   * The calls whose answers a prompt holds, whole or from their beginning; the newest of them, in the order of their
   * ends.
   */
  heldIn(messages: readonly Message[]): readonly number[] {
    if (this.#answers.size === 0) return NONE
    const held = new Set<Answer>()
    for (const { role, text } of messages) {
      const whole = this.#answers.get(text.trim())
      if (whole) held.add(whole)
      else if (role !== 'assistant') this.#addPartsOf(text, held)
    }
    if (held.size === 0) return NONE
    return [...held]
      .toSorted((a, b) => a.end - b.end)
      .slice(-MAX_HELD)
      .map(({ call }) => call)
  }

  /** Adds the answers that stand somewhere in a text: at its beginning, in a line of their own, behind a name, in quotes or in a tag. */
  #addPartsOf(text: string, held: Set<Answer>): void {
    this.#addAt(text, 0, held)
    for (let at = 0; at < text.length; at++) if (opens(text, at)) this.#addAt(text, at + 1, held)
  }

  /** Adds the answer that begins at a place, or behind what marks it as an entry of a list. */
  #addAt(text: string, from: number, held: Set<Answer>): void {
    let place = from
    while (isWhite(text.charCodeAt(place))) place += 1
    const found = this.#at(text, place) ?? this.#afterMarks(text, place)
    if (found) held.add(found)
  }

  #afterMarks(text: string, place: number): Answer | undefined {
    if (!isMark(text.charCodeAt(place))) return undefined
    MARKS.lastIndex = place
    return MARKS.test(text) ? this.#at(text, MARKS.lastIndex) : undefined
  }

  /** The answer that stands at a place of a text: from its beginning, or as a whole line. */
  #at(text: string, from: number): Answer | undefined {
    if (!this.#initials.has(text.charCodeAt(from))) return undefined
    const beginning = text.slice(from, from + BEGINNING)
    return this.#byBeginning.get(beginning) ?? this.#answers.get(beginning.split(END_OF_LINE, 1)[0]!.trim())
  }

  #keep(answer: Answer): void {
    const { text } = answer
    if (text === '') return
    const newest = this.#newest
    if (newest?.text === text) {
      newest.end = answer.end
      newest.call = answer.call
      return
    }
    this.#newest = answer
    this.#forget(this.#answers.get(text))
    if (this.#answers.size === REMEMBERED) this.#forget(this.#answers.values().next().value)
    this.#answers.set(text, answer)
    this.#initials.add(text.charCodeAt(0))
    if (text.length >= BEGINNING) this.#byBeginning.set(text.slice(0, BEGINNING), answer)
  }

  #forget(answer: Answer | undefined): void {
    if (!answer) return
    this.#answers.delete(answer.text)
    const beginning = answer.text.slice(0, BEGINNING)
    if (this.#byBeginning.get(beginning) === answer) this.#byBeginning.delete(beginning)
  }
}

/** The texts in an answer that is an object in JSON: what was said stands in one of them. */
function fieldsOf(answer: string): string[] {
  if (!answer.startsWith('{')) return []
  try {
    const fields = Object.values(JSON.parse(answer) as Record<string, unknown>)
    return fields.filter((field) => typeof field === 'string' && field.length >= BEGINNING) as string[]
  } catch {
    return []
  }
}

/** Whether a unit is white space, as patterns have it. */
const isWhite = (unit: number): boolean =>
  unit === 32 || (unit >= 9 && unit <= 13) || (unit >= 0xa0 && WHITE.test(String.fromCharCode(unit)))

/** Whether something may begin behind a place of a text. */
function opens(text: string, at: number): boolean {
  switch (text.charCodeAt(at)) {
    case 10: // a new line
    case 0x22: // "
    case 0x3e: // >
    case 0xab: // «
    case 0x201c: // “
      return true
    case 0x3a: // :
      return isWhite(text.charCodeAt(at + 1))
    default:
      return false
  }
}

/** Whether what marks an entry of a list may begin with a unit: `- * # >` or a digit. */
const isMark = (unit: number): boolean =>
  unit === 0x2d || unit === 0x2a || unit === 0x23 || unit === 0x3e || (unit >= 0x30 && unit <= 0x39)
