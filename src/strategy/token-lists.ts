import type { IToken, TokenType } from 'chevrotain'
import { chevrotain } from '../packages/index.ts'
import { LBrace, LParen, LSquare, RBrace, RParen, RSquare } from './tokens.ts'

const OPENS: ReadonlySet<unknown> = new Set([LBrace, LParen, LSquare])
const CLOSES: ReadonlySet<unknown> = new Set([RBrace, RParen, RSquare])

/** A token that stands in no text. */
export const made = (type: TokenType, at: number, image = ''): IToken =>
  chevrotain().createTokenInstance(type, image, at, at + image.length, 1, 1, 1, 1)

/** How many brackets are open after these tokens. */
export function depthAfter(tokens: readonly IToken[]): number {
  let depth = 0
  for (const { tokenType } of tokens) {
    if (OPENS.has(tokenType)) depth += 1
    else if (CLOSES.has(tokenType)) depth -= 1
  }
  return depth
}

/** Whether tokens are a statement; `mistaken` are those of the right form that say what there is not. */
export type Fit = 'yes' | 'mistaken' | 'no'
