import type { AgentAnswer } from './answer.ts'

/** A question of an effect: by its number, and what tells the question from the others of that effect. */
export interface Asked {
  effect: number
  question: string
}

/** Where answers and what they change are kept together. */
export interface AnswerLog {
  /** Tells a question from all others, of other runs too; those of an effect begin with that of its question `''`. */
  keyOf(asked: Asked): string
  /** The answer that a question got before. */
  answerTo(asked: Asked): AgentAnswer | undefined
  /** All answers that an effect got before, in the order in which they came. */
  answersOf(effect: number): { question: string; answer: AgentAnswer }[]
  /** A question got its answer. */
  answered(asked: Asked, answer: AgentAnswer): void
  /** Something of an agent has changed. */
  touched(agent: string): void
  /** An agent has come to its end. */
  ended(agent: string): void
}
