import { expect } from 'vitest'
import { declaredIn } from './declared.ts'
import { held, type WireName } from './deviations.ts'

/** What is known to differ, and why it has to: `missing Response.output_text`. */
type Exceptions = Readonly<Record<string, string>>

/** Holds the answers of one service to the types of its SDK. */
export class Holding {
  readonly #declared: ReturnType<typeof declaredIn>
  readonly #exceptions: Exceptions
  readonly #wireName: WireName | undefined
  readonly #met = new Set<string>()

  /** @param module see {@link declaredIn} */
  constructor(module: string, exceptions: Exceptions, wireName?: WireName) {
    this.#declared = declaredIn(module)
    this.#exceptions = exceptions
    this.#wireName = wireName
  }

  /** Where an answer is other than its type, without the exceptions. */
  deviationsOf(type: string, value: unknown): string[] {
    const deviations = held(this.#declared, this.#declared.type(type), value, this.#wireName)
    return deviations.flatMap(({ what, path }) => {
      const exception = Object.keys(this.#exceptions).find((each) => what.startsWith(each))
      if (exception === undefined) return [`${what} at ${path.replaceAll(/\[\d+\]/g, '[]')}`]
      this.#met.add(exception)
      return []
    })
  }

  /** Fails where an answer is other than its type. */
  hold(type: string, ...values: readonly unknown[]): void {
    expect(values.length, `answers of the type ${type}`).toBeGreaterThan(0)
    expect([...new Set(values.flatMap((value) => this.deviationsOf(type, value)))]).toEqual([])
  }

  /** Exceptions that no answer has needed. */
  get idle(): string[] {
    return Object.keys(this.#exceptions).filter((each) => !this.#met.has(each))
  }
}
