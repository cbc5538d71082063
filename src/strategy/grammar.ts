import type { IToken, ParserMethod, TokenType } from 'chevrotain'
import { nearest } from '../options/index.ts'
import { chevrotain, lateClass, whenNeeded } from '../packages/index.ts'
import { FORBIDDEN_NAMES } from './forbidden.ts'
import { locate, type Places } from './places.ts'
import type { Reader, Rules } from './reader.ts'
import { InvalidStatementError, GrammarError } from './grammar-error.ts'
import { problemOfRequest } from './requested.ts'
import type { Slot } from './slots.ts'
import type { Definition, StatementBody } from './statement.ts'
import { COMPOUND, FORMS, SIMPLE } from './statements/index.ts'
import { conditionOf, expressionOf, type TermOptions } from './terms.ts'
import { made, type Fit } from './token-lists.ts'
import {
  Atom,
  Colon,
  Comma,
  Equals,
  Identifier,
  Indent,
  K,
  Keyword,
  LBrace,
  LParen,
  LSquare,
  Newline,
  Operator,
  Outdent,
  RangeDots,
  RBrace,
  RParen,
  RSquare,
  Text,
  unquote,
  vocabulary,
} from './tokens.ts'
import type { Block, Condition, Entry, Expression, Statement, Strategy, Value } from './tree.ts'

type Rule<Result> = ParserMethod<[], Result>

/** The grammar; `docs/strategy-language.md` has it as EBNF. Its tokens come from `readTokens`, its statements from `statements/`. */
class StrategyGrammar extends lateClass(() => chevrotain().EmbeddedActionsParser) {
  places!: Places
  strict = false
  /** Functions that there are not. */
  readonly unknown: GrammarError[] = []
  /** Where entries stand. */
  readonly #names = new WeakMap<Entry, IToken>()
  readonly #onUnknown = (refusal: GrammarError): void => void this.unknown.push(refusal)
  #first!: IToken

  constructor() {
    super(vocabulary(), { maxLookahead: 2, recoveryEnabled: false })
    this.performSelfAnalysis()
  }

  readonly strategy: Rule<Strategy> = this.RULE('strategy', () => {
    const statements: Statement[] = []
    this.MANY(() => {
      statements.push(this.SUBRULE(this.statement))
    })
    this.CONSUME(chevrotain().EOF)
    return { statements }
  })

  /** Whether tokens of one line are a statement, or the head of one; or are one but for a name in it. */
  fit(tokens: readonly IToken[]): Fit {
    const [first, second] = tokens
    const last = tokens.at(-1)
    if (!first || !last) return 'no'
    if (first.tokenType === K.ON) return 'yes'
    // What belongs to an IF above it.
    const isElse = first.tokenType === K.ELSE
    if (isElse && second?.tokenType === Colon) return 'yes'
    const rest = isElse ? tokens.slice(1) : tokens
    const alone = first.tokenType === K.ELIF ? [made(K.IF, first.startOffset, 'IF'), ...rest.slice(1)] : rest
    const newline = made(Newline, last.startOffset)
    const body = [made(Indent, 0), made(K.BREAK, 0, 'BREAK'), newline, made(Outdent, 0)]
    this.input = [...alone, newline, ...(last.tokenType === Colon ? body : [])]
    try {
      this.line()
      return this.errors.length === 0 ? 'yes' : 'no'
    } catch (error) {
      if (error instanceof GrammarError) return error instanceof InvalidStatementError ? 'mistaken' : 'no'
      throw error
    }
  }

  readonly line: Rule<Statement> = this.RULE('line', () => {
    const statement = this.SUBRULE(this.statement)
    this.CONSUME(chevrotain().EOF)
    return statement
  })

  readonly statement: Rule<Statement> = this.RULE('statement', () => {
    const first = this.LA(1)
    const body = this.OR([
      { ALT: (): StatementBody => this.SUBRULE(this.compound) },
      {
        ALT: (): StatementBody => {
          const simple = this.SUBRULE(this.simple)
          this.CONSUME(Newline)
          return simple
        },
      },
    ])
    const handler = this.OPTION(() => {
      this.CONSUME(K.ON)
      this.CONSUME(Identifier)
      return this.SUBRULE(this.block)
    })
    return this.ACTION((): Statement => {
      const { line } = this.places.at(first.startOffset)
      const located = <Node extends Statement>(statement: Node): Node => {
        locate(statement, this.places, [[0, first.startOffset]])
        return statement
      }
      const read = located({ ...body, line })
      return handler ? located({ kind: 'guarded', body: read, handler, line } as Statement) : read
    })
  })

  readonly block: Rule<Block> = this.RULE('block', () => {
    this.CONSUME(Colon)
    return this.OR([
      {
        ALT: () => {
          this.CONSUME(Newline)
          return this.SUBRULE(this.indented)
        },
      },
      { ALT: () => [this.SUBRULE2(this.statement)] },
    ])
  })

  readonly indented: Rule<Block> = this.RULE('indented', () => {
    const statements: Statement[] = []
    this.CONSUME(Indent)
    this.AT_LEAST_ONE(() => {
      statements.push(this.SUBRULE(this.statement))
    })
    this.CONSUME(Outdent)
    return statements
  })

  readonly options: Rule<Entry[]> = this.RULE('options', () => {
    this.CONSUME(K.WITH)
    return this.OR([{ ALT: () => this.SUBRULE(this.object) }, { ALT: () => this.SUBRULE(this.entries) }])
  })

  readonly object: Rule<Entry[]> = this.RULE('object', () => {
    this.CONSUME(LBrace)
    const entries: Entry[] = []
    this.MANY_SEP({
      SEP: Comma,
      DEF: () => {
        // `{ round }` is `{ round: round }`.
        const entry = this.OR([
          { GATE: () => this.LA(2).tokenType === Colon, ALT: () => this.SUBRULE(this.entry) },
          {
            ALT: (): Entry => {
              const token = this.CONSUME(Identifier)
              const value: Expression = { kind: 'expression', text: token.image }
              this.ACTION(() => locate(value, this.places, [[0, token.startOffset]]))
              return { name: token.image, value }
            },
          },
          { ALT: () => this.SUBRULE(this.computed) },
        ])
        entries.push(entry)
      },
    })
    this.CONSUME(RBrace)
    return entries
  })

  /** `[key]: value` */
  readonly computed: Rule<Entry> = this.RULE('computed', () => {
    const token = this.CONSUME(LSquare)
    const key = this.SUBRULE(this.expression)
    this.CONSUME(RSquare)
    this.CONSUME(Colon)
    const value = this.SUBRULE(this.value)
    return this.ACTION((): Entry => {
      const entry = { name: '', key, value }
      this.#located(entry, token)
      return entry
    })
  })

  readonly entries: Rule<Entry[]> = this.RULE('entries', () => {
    const entries: Entry[] = []
    this.AT_LEAST_ONE_SEP({
      SEP: Comma,
      DEF: () => {
        entries.push(this.SUBRULE(this.entry))
      },
    })
    return entries
  })

  readonly entry: Rule<Entry> = this.RULE('entry', () => {
    const token = this.OR([
      { ALT: () => this.CONSUME(Identifier) },
      { ALT: () => this.CONSUME(Text) },
      { ALT: () => this.CONSUME(Keyword) },
    ])
    this.CONSUME(Colon)
    const value = this.SUBRULE(this.value)
    return this.ACTION((): Entry => {
      const name = token.tokenType === Text ? unquote(token.image) : token.image
      if (FORBIDDEN_NAMES.has(name)) throw new GrammarError(token, `"${name}" cannot be a name.`)
      // A name with `{{…}}` in it is what that gives.
      const entry: Entry =
        token.tokenType === Text && name.includes('{{')
          ? { name: '', key: expressionOf([token], this.#terms), value }
          : { name, value }
      this.#located(entry, token)
      return entry
    })
  })

  readonly value: Rule<Value> = this.RULE('value', (): Value =>
    this.OR([
      {
        GATE: () => this.LA(1).tokenType === LBrace && this.#valueEndsAt(),
        ALT: (): Value => {
          const entries = this.SUBRULE(this.object)
          return { kind: 'object', entries }
        },
      },
      {
        GATE: () => this.LA(1).tokenType === LSquare && this.#valueEndsAt(),
        ALT: (): Value => {
          const items: Value[] = []
          this.CONSUME(LSquare)
          this.MANY_SEP({
            SEP: Comma,
            DEF: () => {
              items.push(this.SUBRULE(this.value))
            },
          })
          this.CONSUME(RSquare)
          return { kind: 'list', items }
        },
      },
      {
        ALT: (): Value => {
          const from = this.SUBRULE(this.expression)
          return (
            this.OPTION(() =>
              this.OR2([
                {
                  ALT: (): Value => {
                    this.CONSUME(RangeDots)
                    return { kind: 'range', from, to: this.SUBRULE2(this.expression) }
                  },
                },
                {
                  ALT: (): Value => {
                    const values = [from]
                    this.AT_LEAST_ONE(() => {
                      this.CONSUME(K.OR)
                      values.push(this.SUBRULE3(this.expression))
                    })
                    return { kind: 'either', values }
                  },
                },
              ]),
            ) ?? from
          )
        },
      },
    ]),
  )

  readonly expression: Rule<Expression> = this.RULE('expression', () => {
    const tokens = this.SUBRULE(this.tokens)
    return this.ACTION(() => expressionOf(tokens, this.#terms))
  })

  readonly condition: Rule<Condition> = this.RULE('condition', () => {
    const tokens = this.SUBRULE(this.conditionTokens)
    return this.ACTION((): Condition => conditionOf(tokens, this.#terms))
  })

  /** That a function is missing must not make an ASSERT hold. */
  readonly certain: Rule<Expression> = this.RULE('certain', () => {
    const tokens = this.SUBRULE(this.conditionTokens)
    return this.ACTION(() => expressionOf(tokens, { ...this.#terms, unknown: undefined }))
  })

  readonly conditionTokens: Rule<IToken[]> = this.RULE('conditionTokens', () => {
    const tokens: IToken[] = []
    this.AT_LEAST_ONE({
      GATE: () => this.LA(1).tokenType !== Colon,
      DEF: () => {
        const next = this.OR([
          { ALT: () => this.SUBRULE(this.tokens) },
          { ALT: () => [this.CONSUME(K.OR)] },
          { ALT: () => [this.CONSUME(K.IN)] },
        ])
        this.ACTION(() => tokens.push(...next))
      },
    })
    return tokens
  })

  /** The tokens of an expression: where it ends is where no more of them come. A colon belongs to it after a `?`. */
  readonly tokens: Rule<IToken[]> = this.RULE('tokens', () => {
    const tokens: IToken[] = []
    let questions = 0
    this.AT_LEAST_ONE({
      GATE: () => this.LA(1).tokenType !== Colon || questions > 0,
      DEF: () => {
        const next = this.OR([
          { ALT: () => [this.CONSUME(Atom)] },
          { GATE: () => questions > 0, ALT: () => [this.CONSUME(Colon)] },
          { ALT: () => this.SUBRULE(this.bracketed) },
        ])
        this.ACTION(() => {
          tokens.push(...next)
          if (next[0]!.image === '?') questions += 1
          else if (next[0]!.tokenType === Colon) questions -= 1
        })
      },
    })
    return tokens
  })

  readonly bracketed: Rule<IToken[]> = this.RULE('bracketed', () => {
    const tokens: IToken[] = []
    const open = this.OR([
      { ALT: () => this.CONSUME(LParen) },
      { ALT: () => this.CONSUME(LSquare) },
      { ALT: () => this.CONSUME(LBrace) },
    ])
    this.MANY(() => {
      const next = this.OR2([
        { ALT: () => [this.CONSUME(Atom)] },
        { ALT: () => [this.CONSUME(Keyword)] },
        { ALT: () => [this.CONSUME(Comma)] },
        { ALT: () => [this.CONSUME(Colon)] },
        { ALT: () => this.SUBRULE(this.bracketed) },
      ])
      this.ACTION(() => tokens.push(...next))
    })
    const close = this.OR3([
      { ALT: () => this.CONSUME(RParen) },
      { ALT: () => this.CONSUME(RSquare) },
      { ALT: () => this.CONSUME(RBrace) },
    ])
    return [open, ...tokens, close]
  })

  readonly completion: Rule<Rules['completion']> = this.RULE('completion', () => {
    this.CONSUME(K.AWAIT)
    const word = this.CONSUME(Identifier)
    this.ACTION(() => {
      if (word.image !== 'completion')
        throw new GrammarError(word, `AWAIT cannot wait for "${word.image}".`, `The form is: ${FORMS['AWAIT']}`)
    })
    this.CONSUME(K.FROM)
    const from = this.SUBRULE(this.value)
    return { kind: 'completion' as const, from, options: this.OPTION(() => this.SUBRULE(this.options)) ?? [] }
  })

  readonly gather: Rule<Rules['gather']> = this.RULE('gather', () => {
    this.CONSUME(K.GATHER)
    const name = this.OPTION(() => this.CONSUME(Identifier).image) ?? ''
    this.CONSUME(K.FROM)
    const from = this.SUBRULE(this.value)
    return { kind: 'gather' as const, name, from, options: this.OPTION2(() => this.SUBRULE(this.options)) ?? [] }
  })

  readonly call: Rule<Rules['call']> = this.RULE('call', () => {
    const given: Value[] = []
    this.CONSUME(K.CALL)
    const name = this.CONSUME(Identifier).image
    this.CONSUME(LParen)
    this.MANY_SEP({
      SEP: Comma,
      DEF: () => {
        given.push(this.SUBRULE(this.value))
      },
    })
    this.CONSUME(RParen)
    return { kind: 'call' as const, function: name, arguments: given }
  })

  readonly assignment: Rule<StatementBody> = this.RULE('assignment', (): StatementBody => {
    this.OPTION(() => this.CONSUME(K.SET))
    const target = this.CONSUME(Identifier)
    const name = target.image
    const path: Expression[] = []
    this.MANY(() => {
      this.OR([
        {
          ALT: () => {
            this.CONSUME(LSquare)
            const key = this.SUBRULE(this.expression)
            this.CONSUME(RSquare)
            path.push(key)
          },
        },
        {
          GATE: () => this.LA(1).image === '.',
          ALT: () => {
            this.CONSUME(Operator)
            const member = this.CONSUME2(Identifier)
            const key: Expression = { kind: 'expression', text: JSON.stringify(member.image) }
            this.ACTION(() => locate(key, this.places, [[0, member.startOffset]]))
            path.push(key)
          },
        },
      ])
    })
    this.CONSUME(Equals)
    const noPath = (what: string): void =>
      this.ACTION(() => {
        if (path.length > 0)
          throw new InvalidStatementError(
            target,
            `${what} must be assigned to a variable first; SET can then copy the variable into a part of another one.`,
          )
      })
    return this.OR2([
      {
        ALT: (): StatementBody => {
          const rest = this.SUBRULE(this.completion)
          noPath('The answer')
          return { ...rest, name } as StatementBody
        },
      },
      {
        ALT: (): StatementBody => {
          const rest = this.SUBRULE(this.call)
          noPath('The result of CALL')
          return { ...rest, name } as StatementBody
        },
      },
      {
        // `responses = GATHER completions …`: they stand in what they are assigned to.
        ALT: (): StatementBody => {
          const rest = this.SUBRULE(this.gather)
          noPath('The result of GATHER')
          return { ...rest, name } as StatementBody
        },
      },
      {
        ALT: (): StatementBody => {
          const value = this.SUBRULE(this.value)
          return { kind: 'set', name, ...(path.length > 0 && { path }), value } as StatementBody
        },
      },
    ])
  })

  // These come last: they use all rules above.

  readonly #reader: Reader = this.#makeReader()

  readonly compound: Rule<StatementBody> = this.#oneOf('compound', COMPOUND)
  readonly simple: Rule<StatementBody> = this.#oneOf('simple', SIMPLE)

  #oneOf(name: string, definitions: readonly Definition[]): Rule<StatementBody> {
    const rules = definitions.map((definition) => this.#ruleOf(definition))
    return this.RULE(name, (): StatementBody =>
      this.OR(rules.map((rule, nth) => ({ ALT: (): StatementBody => this.subrule(nth, rule) }))),
    )
  }

  /** The rule of one statement. */
  #ruleOf(definition: Definition): Rule<StatementBody> {
    const { kind, syntax, made: fromSlots, options } = definition
    const [form] = Object.keys(definition.forms)
    return this.RULE(`${kind} ${form ?? ''}`.trim(), (): StatementBody => {
      const first = this.LA(1)
      if (!('slots' in syntax)) return syntax.read!(this.#reader)
      const slots = { kind, ...this.#slots(syntax.slots, { next: 0 }) }
      return this.ACTION((): StatementBody => {
        this.#first = first
        if (options?.isRequest)
          problemOfRequest(
            { word: options.word, table: options.table, needs: options.needs ?? [], form: FORMS[options.word]! },
            options.of(slots as unknown as Statement),
            this.#reader,
          )
        return fromSlots ? fromSlots(slots as never, this.#reader) : slots
      })
    })
  }

  #slots(slots: readonly Slot[], counter: { next: number }): Record<string, unknown> {
    const held: Record<string, unknown> = {}
    for (const each of slots) {
      counter.next += 1
      const nth = counter.next
      if (each.slot === 'word') this.consume(nth, K[each.word])
      else if (each.slot === 'name') held[each.as] = this.consume(nth, Identifier).image
      else if (each.slot === 'maybe') {
        const inner = this.option(nth, () => this.#slots(each.of, counter))
        Object.assign(held, inner ?? nothingIn(each.of))
        // Numbers count on whether the part is there or not.
        counter.next = nth + sizeOf(each.of)
      } else if (each.slot === 'options') held[each.as] = this.option(nth, () => this.subrule(nth, this.options)) ?? []
      else if (each.slot === 'agents') held[each.as] = this.subrule(nth, this.value)
      else held[each.as] = this.subrule(nth, this[each.slot] as Rule<unknown>)
    }
    return held
  }

  get #terms(): TermOptions {
    return { places: this.places, strict: this.strict, unknown: this.#onUnknown }
  }

  #located(entry: Entry, token: IToken): void {
    this.#names.set(entry, token)
    locate(entry, this.places, [[0, token.startOffset]])
  }

  #makeReader(): Reader {
    // oxlint-disable-next-line typescript/no-this-alias -- the parser's own verbs are protected
    const grammar = this
    return {
      take: (nth: number, type: TokenType) => this.consume(nth, type),
      read: (nth, rule) => this.subrule(nth, this[rule] as Rule<never>),
      maybe: (nth, part) => this.option(nth, part),
      pick: (nth, alternatives) => this.or(nth, alternatives) as never,
      many: (nth, part) => this.many(nth, part),
      some: (nth, part) => this.atLeastOne(nth, part),
      act: (action) => this.ACTION(action),
      ahead: (places) => this.LA(places),
      get terms() {
        return grammar.#terms
      },
      get first() {
        return grammar.#first
      },
      tokenOf: (entry) => this.#names.get(entry),
      prose: (token) => this.#prose(token),
      refuse: (token, problem, hint) => {
        throw new GrammarError(token, problem, hint)
      },
      mistake: (token, problem, hint) => new InvalidStatementError(token, problem, hint),
    }
  }

  /** Whether the bracket that comes next closes where the value ends, so that it is a list or an object and not the start of an expression. */
  #valueEndsAt(): boolean {
    let depth = 0
    for (let ahead = 1; ; ahead++) {
      const { tokenType } = this.LA(ahead)
      if (tokenType === LSquare || tokenType === LParen || tokenType === LBrace) depth += 1
      else if (tokenType === RSquare || tokenType === RParen || tokenType === RBrace) depth -= 1
      else if (tokenType === chevrotain().EOF || tokenType === Newline) return false
      if (depth > 0) continue
      const after = this.LA(ahead + 1).tokenType
      return !(after.CATEGORIES?.includes(Atom) || after === LSquare || after === LParen)
    }
  }

  #prose(token: IToken): string {
    if (!this.strict) return token.image
    const [word = ''] = /^\w+/.exec(token.image) ?? []
    const meant = nearest(word, Object.keys(FORMS))
    throw new GrammarError(
      token,
      'This line is not a statement, and the pattern is strict.',
      meant ? `Did you mean "${meant}"?` : 'Without strict: true, the orchestrating agent receives the line.',
    )
  }
}

/** How many numbers slots take. */
const sizeOf = (slots: readonly Slot[]): number =>
  slots.reduce((sum, each) => sum + 1 + (each.slot === 'maybe' ? sizeOf(each.of) : 0), 0)

/** What slots hold that are not there. */
const nothingIn = (slots: readonly Slot[]): Record<string, unknown> =>
  Object.fromEntries(slots.flatMap((each) => ('as' in each ? [[each.as, null]] : [])))

/** The grammar, built when first needed. */
export const strategyGrammar = whenNeeded(() => new StrategyGrammar())
