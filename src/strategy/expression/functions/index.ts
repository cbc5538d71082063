import { CONDITIONS } from './conditions.ts'
import { LISTS } from './lists.ts'
import { NUMBERS } from './numbers.ts'
import type { LanguageFunction } from './signature.ts'
import { TEXTS } from './texts.ts'

/** The functions of expressions, by name. */
export const FUNCTIONS: Readonly<Record<string, LanguageFunction>> = Object.assign(
  Object.create(null) as Record<string, LanguageFunction>,
  { ...LISTS, ...CONDITIONS, ...NUMBERS, ...TEXTS },
)
