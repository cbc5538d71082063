import { unusedText, type Unused } from '../simulation/set-up.ts'

const keyOf = ({ part, name }: Unused): string => `${part} ${name}`

/** Whether something belongs to the one test that has asked for it, or whose system has named it. */
const isOfTest = (part: Unused['part']): boolean => part === 'failNext' || part === 'breakers'

/** What of a set-up none of the tests of a description has used. */
export class UnusedSetUp {
  readonly #name: string
  #declared = 0
  #passed = 0
  /** A test may pass several times, by `repeats` or as a sweep shrinks it: it is one that has passed. None is kept for that. */
  readonly #counted = new WeakSet<object>()
  #left: Map<string, Unused> | undefined
  /** What single tests have asked for themselves: no other test can have used that. */
  readonly #ofTests = new Map<string, Unused>()

  /** @param name of the description */
  constructor(name: string) {
    this.#name = name
  }

  /** A test was declared. */
  declared(): void {
    this.#declared += 1
  }

  /**
   * A test has passed.
   *
   * @param test what it is known by: the same one each time it passes
   */
  passed(test: object, unused: readonly Unused[]): void {
    if (!this.#counted.has(test)) this.#passed += 1
    this.#counted.add(test)
    const ofSetUp = unused.filter(({ part }) => !isOfTest(part))
    for (const each of unused) if (isOfTest(each.part)) this.#ofTests.set(keyOf(each), each)
    const left = new Map(ofSetUp.map((each) => [keyOf(each), each]))
    this.#left = this.#left === undefined ? left : new Map([...this.#left].filter(([key]) => left.has(key)))
  }

  /** What nobody has used, for people. Of the set-up only where all tests have run and passed: the others may have used it. */
  get text(): string {
    const ofSetUp = this.#passed < this.#declared ? [] : [...(this.#left?.values() ?? [])]
    const text = unusedText([...ofSetUp, ...this.#ofTests.values()])
    return text && `longhaul: no test of "${this.#name}" used this part of the set-up: ${text}\n`
  }
}
