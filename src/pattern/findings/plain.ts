import { nearest } from '../../options/index.ts'
import { FORMS, statementsIn, type Statement } from '../../strategy/index.ts'
import type { PatternCheck } from './finding.ts'

/** Words of statements that say nothing else in plain language. */
const INNER = /\s(?:FROM|WITH|INTO|AS|TO)\s/

/** Lines in plain language that look like statements: each is a question to a model, and costs. */
export const checkPlainLanguage: PatternCheck = ({ pattern, found }) => {
  const words = Object.keys(FORMS)
  for (const statement of statementsIn(pattern.strategy.statements)) {
    if (statement.kind !== 'ask' && statement.kind !== 'stage') continue
    const { text } = statement as Statement & { text: string }
    const word = /^[A-Za-z_]+/.exec(text.replace(/^[-*]\s+/, ''))?.[0] ?? ''
    const capitals = word.toUpperCase()
    const meant = words.includes(capitals)
      ? capitals
      : word === capitals || INNER.test(text)
        ? nearest(capitals, words)
        : undefined
    if (meant === undefined) continue
    found(
      'warning',
      { statement },
      `The orchestrating agent receives this line, because it is plain language: "${text.split('\n')[0]!.slice(0, 60)}".`,
      `If this is the statement ${meant}, write ${FORMS[meant]}. With strict: true, such a line is an error.`,
    )
  }
}
