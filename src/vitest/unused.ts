import { unusedText, type Unused } from '../simulation/set-up.ts'

const keyOf = ({ part, name }: Unused): string => `${part} ${name}`

/** What of a set-up none of the tests of a description has used. */
export class UnusedSetUp {
  readonly #name: string
  #declared = 0
  #passed = 0
  #left: Map<string, Unused> | undefined

  /** @param name of the description */
  constructor(name: string) {
    this.#name = name
  }

  /** A test was declared. */
  declared(): void {
    this.#declared += 1
  }

  /** A test has passed. */
  passed(unused: readonly Unused[]): void {
    this.#passed += 1
    const left = new Map(unused.map((each) => [keyOf(each), each]))
    this.#left = this.#left === undefined ? left : new Map([...this.#left].filter(([key]) => left.has(key)))
  }

  /** What nobody has used, for people. Empty where not all tests have run and passed: the others may have used it. */
  get text(): string {
    if (this.#passed < this.#declared || !this.#left || this.#left.size === 0) return ''
    return `longhaul: "${this.#name}": set up, and used in no test: ${unusedText([...this.#left.values()])}\n`
  }
}
