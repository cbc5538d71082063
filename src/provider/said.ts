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
/** Characters by which a longer answer is known again, also one that was cut off. */
const OPENING = 24
/** Answers that a prompt is said to hold: the newest. */
const MOST_HELD = 16
/** Where in a prompt something may begin that was said: a line, behind a name, in quotes or in a tag; then what marks lists. */
const BEGINNING = /(?:^|\n|:\s|["“«>])\s*/g
const MARKS = /(?:[-*#>]+|\d+[.)])\s+/y
const END_OF_LINE = /["”»<\n]/

/** Who was answered what, so that it can be told which answers a prompt hands on. */
export class Said {
  readonly #answers = new Map<string, Answer>()
  readonly #byOpening = new Map<string, Answer[]>()

  /**
   * @param end the place in the trace where the answer ended
   * @param call the call that it answered
   */
  add(answer: string, end: number, call: number): void {
    for (const text of [answer, ...fieldsOf(answer)]) this.#keep({ text: text.trim(), end, call })
  }

  /** The place in the trace where the answer ended that a question consists of. */
  find(question: string): number | undefined {
    const text = question.trim()
    return (this.#answers.get(text) ?? this.#answers.get(text.replace(INTRODUCTION, '')))?.end
  }

  /** The calls whose answers a prompt holds, whole or from their beginning; the newest of them, in the order of their ends. */
  heldIn(messages: readonly Message[]): number[] {
    if (this.#answers.size === 0) return []
    const held = new Set<Answer>()
    for (const { role, text } of messages) {
      const whole = this.#answers.get(text.trim())
      if (whole) held.add(whole)
      else if (role !== 'assistant')
        for (const { index, 0: before } of text.matchAll(BEGINNING)) {
          MARKS.lastIndex = index + before.length
          const found = this.#at(text, MARKS.lastIndex) ?? (MARKS.test(text) && this.#at(text, MARKS.lastIndex))
          if (found) held.add(found)
        }
    }
    return [...held]
      .toSorted((a, b) => a.end - b.end)
      .slice(-MOST_HELD)
      .map(({ call }) => call)
  }

  /** The answer that stands at a place of a text. */
  #at(text: string, from: number): Answer | undefined {
    const opening = text.slice(from, from + OPENING)
    const alike = this.#byOpening.get(opening)
    if (alike) return alike.length === 1 ? alike[0] : alike.findLast((answer) => text.startsWith(answer.text, from))
    // A short one has to be all of its line.
    return this.#answers.get(opening.split(END_OF_LINE, 1)[0]!.trim())
  }

  #keep(answer: Answer): void {
    const { text } = answer
    if (text === '') return
    this.#forget(this.#answers.get(text))
    this.#answers.set(text, answer)
    const opening = text.slice(0, OPENING)
    const alike = this.#byOpening.get(opening)
    if (alike) alike.push(answer)
    else this.#byOpening.set(opening, [answer])
    if (this.#answers.size > REMEMBERED) this.#forget(this.#answers.values().next().value)
  }

  #forget(answer: Answer | undefined): void {
    if (!answer) return
    this.#answers.delete(answer.text)
    const opening = answer.text.slice(0, OPENING)
    const alike = this.#byOpening.get(opening)!.filter((other) => other !== answer)
    if (alike.length > 0) this.#byOpening.set(opening, alike)
    else this.#byOpening.delete(opening)
  }
}

/** The texts in an answer that is an object in JSON: what was said stands in one of them. */
function fieldsOf(answer: string): string[] {
  if (!answer.startsWith('{')) return []
  try {
    const fields = Object.values(JSON.parse(answer) as Record<string, unknown>)
    return fields.filter((field) => typeof field === 'string' && field.length >= OPENING) as string[]
  } catch {
    return []
  }
}
