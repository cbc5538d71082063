import type { Faker } from '@faker-js/faker'
import { englishFaker } from '../packages/index.ts'
import type { KeyedRandom } from '../random/index.ts'

/** The persona of an agent, generated from its name. */
export interface Persona {
  /** The first name of the persona. */
  name: string
  /** The job title of the persona. */
  jobTitle: string
  /** The mood of the persona, as an adjective. */
  mood: string
}

/** Agents whose persona is remembered; those of others are made up again, and are the same. */
const REMEMBERED = 20_000

/** Makes up who agents are and what they say. */
export class Personas {
  readonly #random: KeyedRandom
  readonly #known = new Map<string, Persona>()
  #draws = { stream: '', index: 0 }
  #faker: Faker | undefined

  constructor(random: KeyedRandom) {
    this.#random = random
  }

  /** Who an agent is. */
  of(agent: string): Persona {
    let persona = this.#known.get(agent)
    if (!persona) {
      const faker = this.#fakerAt(`persona/${agent}`, 0)
      persona = { name: faker.person.firstName(), jobTitle: faker.person.jobTitle(), mood: faker.word.adjective() }
      if (this.#known.size >= REMEMBERED) this.#known.delete(this.#known.keys().next().value!)
      this.#known.set(agent, persona)
    }
    return persona
  }

  /** The same, made up when it is read. */
  lazily(agent: string): Persona {
    const read = (): Persona => this.of(agent)
    return {
      get name() {
        return read().name
      },
      get jobTitle() {
        return read().jobTitle
      },
      get mood() {
        return read().mood
      },
    }
  }

  /**
   * Phrases that mean nothing.
   *
   * @param stream the stream of draws that they are keyed by
   */
  phrases(stream: string, nth: number, count: number): string {
    const faker = this.#fakerAt(stream, nth)
    return Array.from({ length: count }, () => faker.hacker.phrase()).join(' ')
  }

  /** A faker whose draws are keyed by stream and index. */
  #fakerAt(stream: string, index: number): Faker {
    this.#draws = { stream: `${stream}/${index}`, index: 0 }
    if (!this.#faker) {
      const randomizer = { next: () => this.#random.draw(this.#draws.stream, this.#draws.index++), seed: () => {} }
      const english = englishFaker()
      this.#faker = new (english.constructor as typeof Faker)({ locale: english.rawDefinitions, randomizer })
    }
    return this.#faker
  }
}
