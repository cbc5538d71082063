import type { IToken, ParserMethod } from 'chevrotain'
import { chevrotain, lateClass, whenNeeded } from '../packages/index.ts'
import { nearest } from '../options/index.ts'
import { FORMS } from './forms.ts'
import { FORBIDDEN_NAMES } from './forbidden.ts'
import type { Places } from './places.ts'
import { Mistake, Refusal } from './refusal.ts'
import { requestedBy } from './requested.ts'
import { conditionOf, durationOf, eachOf, expressionOf } from './terms.ts'
import { made, type Fit } from './token-lists.ts'
import {
  Atom,
  Colon,
  Comma,
  Equals,
  Head,
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
  Prose,
  RangeDots,
  RBrace,
  RParen,
  RSquare,
  Text,
  unquote,
  vocabulary,
} from './tokens.ts'
import type { Block, Branch, Condition, Entry, Expression, Statement, StatementBody, Strategy, Value } from './tree.ts'

/** `WITH data: …` names what the event carries. */
function dataOf(entries: readonly Entry[]): Value {
  const [entry, second] = entries
  return entry?.name === 'data' && second === undefined ? entry.value : { kind: 'object', entries }
}

/** Where COLLECT puts what it is given: the name in the plural. */
const pluralOf = (value: Value): string =>
  value.kind === 'expression' && /^[A-Za-z_]\w*$/.test(value.text) ? `${value.text}s` : 'collected'

type Rule<Result> = ParserMethod<[], Result>

/** The grammar; `docs/strategy-language.md` has it as EBNF. Its tokens come from `readTokens`. */
class StrategyGrammar extends lateClass(() => chevrotain().EmbeddedActionsParser) {
  places!: Places
  strict = false
  /** Functions that there are not. */
  readonly unknown: Refusal[] = []
  /** Where entries stand. */
  readonly #names = new WeakMap<Entry, IToken>()
  readonly #onUnknown = (refusal: Refusal): void => void this.unknown.push(refusal)

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
      if (error instanceof Refusal) return error instanceof Mistake ? 'mistaken' : 'no'
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
      const read: Statement = { ...body, line }
      return handler ? { kind: 'guarded', body: read, handler, line } : read
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

  readonly compound: Rule<StatementBody> = this.RULE('compound', (): StatementBody =>
    this.OR([
      {
        ALT: (): StatementBody => {
          const token = this.CONSUME(Head)
          this.CONSUME(Newline)
          const body = this.SUBRULE(this.indented)
          return this.ACTION((): StatementBody => ({ kind: 'stage', text: this.#prose(token), body }))
        },
      },
      { ALT: (): StatementBody => this.SUBRULE(this.if_) },
      {
        ALT: (): StatementBody => {
          this.CONSUME(K.WHEN)
          const condition = this.SUBRULE2(this.condition)
          return { kind: 'if', branches: [{ condition, body: this.SUBRULE4(this.block) }], otherwise: null }
        },
      },
      { ALT: (): StatementBody => this.SUBRULE(this.for_) },
      {
        ALT: (): StatementBody => {
          this.CONSUME(K.WHILE)
          const condition = this.SUBRULE(this.condition)
          return { kind: 'while', condition, body: this.SUBRULE(this.block) }
        },
      },
      {
        ALT: (): StatementBody => {
          this.CONSUME(K.PARALLEL)
          return { kind: 'parallel', body: this.SUBRULE2(this.block) }
        },
      },
      {
        ALT: (): StatementBody => {
          this.CONSUME(K.RETRY)
          const times = this.SUBRULE(this.expression)
          const options = this.OPTION(() => this.SUBRULE(this.options)) ?? []
          return { kind: 'retry', times, options, body: this.SUBRULE3(this.block) }
        },
      },
    ]),
  )

  readonly if_: Rule<StatementBody> = this.RULE('if', (): StatementBody => {
    const branches: Branch[] = []
    this.CONSUME(K.IF)
    const condition = this.SUBRULE(this.condition)
    const body = this.SUBRULE(this.block)
    branches.push({ condition, body })
    this.MANY(() => {
      this.OR([
        { ALT: () => this.CONSUME(K.ELIF) },
        {
          ALT: () => {
            this.CONSUME(K.ELSE)
            return this.CONSUME2(K.IF)
          },
        },
      ])
      const next = this.SUBRULE2(this.condition)
      const then = this.SUBRULE2(this.block)
      branches.push({ condition: next, body: then })
    })
    const otherwise = this.OPTION(() => {
      this.CONSUME2(K.ELSE)
      return this.SUBRULE3(this.block)
    })
    return { kind: 'if', branches, otherwise: otherwise ?? null }
  })

  readonly for_: Rule<StatementBody> = this.RULE('for', (): StatementBody => {
    this.OR([{ ALT: () => this.CONSUME(K.FOR) }, { ALT: () => this.CONSUME(K.FOREACH) }])
    return this.OR2([
      {
        GATE: () => this.LA(2).tokenType === K.IN,
        ALT: (): StatementBody => {
          const name = this.CONSUME(Identifier).image
          this.CONSUME(K.IN)
          const values = this.SUBRULE(this.value)
          return { kind: 'for', name, in: values, body: this.SUBRULE(this.block) }
        },
      },
      {
        ALT: (): StatementBody => {
          const words: IToken[] = []
          this.AT_LEAST_ONE(() => {
            words.push(this.CONSUME2(Identifier))
          })
          const given = this.OPTION(() => {
            this.CONSUME2(K.IN)
            return this.SUBRULE2(this.value)
          })
          const { name, text, over } = this.ACTION(() =>
            eachOf(words, { strict: this.strict, unknown: this.#onUnknown }),
          ) ?? { name: '', text: '', over: undefined }
          const body = this.SUBRULE2(this.block)
          const values = given ?? over
          return values ? { kind: 'for', name, in: values, body } : { kind: 'forEach', name, text, body }
        },
      },
    ])
  })

  readonly simple: Rule<StatementBody> = this.RULE('simple', (): StatementBody =>
    this.OR([
      {
        ALT: (): StatementBody => {
          const token = this.CONSUME(Prose)
          return this.ACTION((): StatementBody => {
            const text = this.#prose(token)
            const [assert] = /^ASSERT\s+/.exec(text) ?? []
            return assert === undefined ? { kind: 'ask', text } : { kind: 'check', text: text.slice(assert.length) }
          })
        },
      },
      { ALT: (): StatementBody => this.SUBRULE(this.assignment) },
      {
        ALT: (): StatementBody => {
          this.CONSUME(K.SET)
          return this.SUBRULE2(this.assignment)
        },
      },
      {
        ALT: (): StatementBody => {
          const rest = this.SUBRULE(this.completion)
          return { kind: 'completion', name: null, ...rest }
        },
      },
      {
        ALT: (): StatementBody => {
          const rest = this.SUBRULE(this.call)
          return { kind: 'call', name: null, ...rest }
        },
      },
      { ALT: (): StatementBody => this.SUBRULE(this.events) },
      { ALT: (): StatementBody => this.SUBRULE(this.gather) },
      { ALT: (): StatementBody => this.SUBRULE(this.collect) },
      { ALT: (): StatementBody => this.SUBRULE(this.process) },
      { ALT: (): StatementBody => this.SUBRULE(this.spawn) },
      { ALT: (): StatementBody => this.SUBRULE(this.send) },
      { ALT: (): StatementBody => this.SUBRULE(this.broadcast) },
      { ALT: (): StatementBody => this.SUBRULE(this.emit) },
      { ALT: (): StatementBody => this.SUBRULE(this.wait) },
      { ALT: (): StatementBody => this.SUBRULE(this.checkpoint) },
      { ALT: (): StatementBody => this.SUBRULE(this.request) },
      { ALT: (): StatementBody => this.SUBRULE(this.small) },
    ]),
  )

  /** Statements of one word and at most one value. */
  readonly small: Rule<StatementBody> = this.RULE('small', (): StatementBody =>
    this.OR([
      {
        ALT: (): StatementBody => {
          this.CONSUME(K.BREAK)
          return { kind: 'break' }
        },
      },
      {
        ALT: (): StatementBody => {
          this.CONSUME(K.CONTINUE)
          return { kind: 'continue' }
        },
      },
      {
        ALT: (): StatementBody => {
          this.CONSUME(K.TERMINATE)
          return { kind: 'terminate', agent: this.SUBRULE(this.value) }
        },
      },
      {
        ALT: (): StatementBody => {
          this.CONSUME(K.RETURN)
          const value = this.OPTION(() => this.SUBRULE2(this.value))
          return { kind: 'return', value: value ?? null }
        },
      },
      {
        ALT: (): StatementBody => {
          this.CONSUME(K.LOG)
          return { kind: 'log', value: this.SUBRULE3(this.value) }
        },
      },
      {
        ALT: (): StatementBody => {
          this.CONSUME(K.ASSERT)
          const tokens = this.SUBRULE(this.conditionTokens)
          // That a function is missing must not make an ASSERT hold.
          return this.ACTION((): StatementBody => ({ kind: 'assert', condition: expressionOf(tokens) }))
        },
      },
    ]),
  )

  readonly assignment: Rule<StatementBody> = this.RULE('assignment', (): StatementBody => {
    const name = this.CONSUME(Identifier).image
    this.CONSUME(Equals)
    return this.OR([
      {
        ALT: (): StatementBody => {
          const rest = this.SUBRULE(this.completion)
          return { kind: 'completion', name, ...rest }
        },
      },
      {
        ALT: (): StatementBody => {
          const rest = this.SUBRULE(this.call)
          return { kind: 'call', name, ...rest }
        },
      },
      {
        // `responses = GATHER completions …`: they stand in what they are assigned to.
        ALT: (): StatementBody => {
          const gathered = this.SUBRULE(this.gather)
          return { ...gathered, name } as StatementBody
        },
      },
      { ALT: (): StatementBody => ({ kind: 'set', name, value: this.SUBRULE(this.value) }) },
    ])
  })

  readonly completion: Rule<{ from: Value; options: Entry[] }> = this.RULE('completion', () => {
    this.CONSUME(K.AWAIT)
    const word = this.CONSUME(Identifier)
    this.ACTION(() => {
      if (word.image !== 'completion')
        throw new Refusal(word, `AWAIT cannot wait for "${word.image}".`, `The form is: ${FORMS['AWAIT']}`)
    })
    this.CONSUME(K.FROM)
    const from = this.SUBRULE(this.value)
    return { from, options: this.OPTION(() => this.SUBRULE(this.options)) ?? [] }
  })

  readonly call: Rule<{ function: string; arguments: Value[] }> = this.RULE('call', () => {
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
    return { function: name, arguments: given }
  })

  readonly events: Rule<StatementBody> = this.RULE('events', (): StatementBody => {
    const word = this.CONSUME(K.AWAIT)
    const request = this.SUBRULE(this.object)
    const name = this.OPTION(() => this.SUBRULE(this.as))
    this.ACTION(() => requestedBy(word, request, this.#names))
    return { kind: 'events', request, name: name ?? null }
  })

  readonly as: Rule<string> = this.RULE('as', () => {
    this.CONSUME(K.AS)
    return this.CONSUME(Identifier).image
  })

  readonly gather: Rule<StatementBody> = this.RULE('gather', (): StatementBody => {
    this.CONSUME(K.GATHER)
    const name = this.CONSUME(Identifier).image
    this.CONSUME(K.FROM)
    const from = this.SUBRULE(this.value)
    return { kind: 'gather', name, from, options: this.OPTION(() => this.SUBRULE(this.options)) ?? [] }
  })

  readonly collect: Rule<StatementBody> = this.RULE('collect', (): StatementBody => {
    this.CONSUME(K.COLLECT)
    const value = this.SUBRULE(this.value)
    const into = this.OPTION(() => {
      this.CONSUME(K.INTO)
      return this.CONSUME(Identifier).image
    })
    return this.ACTION((): StatementBody => ({ kind: 'collect', value, into: into ?? pluralOf(value) }))
  })

  readonly process: Rule<StatementBody> = this.RULE('process', (): StatementBody => {
    this.CONSUME(K.PROCESS)
    const value = this.SUBRULE(this.value)
    const name = this.OPTION(() => this.SUBRULE(this.as))
    return { kind: 'process', value, name: name ?? null }
  })

  readonly spawn: Rule<StatementBody> = this.RULE('spawn', (): StatementBody => {
    const word = this.CONSUME(K.SPAWN)
    const agent = this.SUBRULE(this.value)
    const options = this.OPTION(() => this.SUBRULE(this.options))
    const name = this.OPTION2(() => this.SUBRULE(this.as)) ?? null
    return this.ACTION((): StatementBody => {
      if (agent.kind !== 'object') return { kind: 'spawn', agent, options: options ?? [], name }
      if (options) throw new Mistake(word, 'SPAWN has its options twice.', `The form is: ${FORMS['SPAWN']}`)
      return { kind: 'spawn', agent: null, options: agent.entries, name }
    })
  })

  readonly send: Rule<StatementBody> = this.RULE('send', (): StatementBody => {
    const word = this.CONSUME(K.SEND)
    const message = this.SUBRULE(this.value)
    const to = this.OPTION(() => {
      this.CONSUME(K.TO)
      return this.SUBRULE2(this.value)
    })
    const name = this.OPTION2(() => this.SUBRULE(this.as)) ?? null
    return this.ACTION((): StatementBody => {
      if (to) return { kind: 'send', message, to, name }
      if (message.kind !== 'object')
        throw new Refusal(word, 'SEND needs to know to whom.', `The form is: ${FORMS['SEND']}`)
      const given = requestedBy(word, message.entries, this.#names)
      return { kind: 'send', message: given['message']!, to: given['to']!, name }
    })
  })

  /** `WORD { … } AS name` */
  readonly request: Rule<StatementBody> = this.RULE('request', (): StatementBody => {
    const word = this.OR([
      { ALT: () => this.CONSUME(K.TRACK) },
      { ALT: () => this.CONSUME(K.QUERY) },
      { ALT: () => this.CONSUME(K.AGGREGATE) },
      { ALT: () => this.CONSUME(K.COORDINATE) },
    ])
    const request = this.SUBRULE(this.object)
    const name = this.OPTION(() => this.SUBRULE(this.as)) ?? null
    return this.ACTION((): StatementBody => {
      requestedBy(word, request, this.#names)
      switch (word.tokenType) {
        case K.TRACK:
          return { kind: 'track', entry: request, name }
        case K.QUERY:
          return { kind: 'query', request, name }
        case K.AGGREGATE:
          return { kind: 'aggregate', request, name }
        default:
          return { kind: 'coordinate', request, name }
      }
    })
  })

  readonly broadcast: Rule<StatementBody> = this.RULE('broadcast', (): StatementBody => {
    this.CONSUME(K.BROADCAST)
    const message = this.SUBRULE(this.value)
    const to = this.OPTION(() => {
      this.CONSUME(K.TO)
      return this.SUBRULE2(this.value)
    })
    const options = this.OPTION2(() => this.SUBRULE(this.options)) ?? []
    return { kind: 'broadcast', message, to: to ?? null, options }
  })

  readonly emit: Rule<StatementBody> = this.RULE('emit', (): StatementBody => {
    this.CONSUME(K.EMIT)
    const event = this.OR([
      {
        GATE: () => this.LA(2).tokenType === Colon,
        ALT: () => this.SUBRULE(this.eventName),
        IGNORE_AMBIGUITIES: true,
      },
      { ALT: () => this.SUBRULE(this.expression) },
    ])
    const to = this.OPTION(() => {
      this.CONSUME(K.TO)
      return this.SUBRULE(this.value)
    })
    const data = this.OPTION2(() => {
      this.CONSUME(K.WITH)
      return this.OR2([
        {
          GATE: () => this.LA(2).tokenType === Colon,
          IGNORE_AMBIGUITIES: true,
          ALT: (): Value => {
            const entries = this.SUBRULE(this.entries)
            return this.ACTION((): Value => dataOf(entries))
          },
        },
        { ALT: () => this.SUBRULE2(this.value) },
      ])
    })
    return { kind: 'emit', event, to: to ?? null, data: data ?? null }
  })

  /** `event:round:over`, without quotes; the word `event` in front says nothing. */
  readonly eventName: Rule<Expression> = this.RULE('eventName', () => {
    const parts: string[] = []
    parts.push(this.CONSUME(Identifier).image)
    this.AT_LEAST_ONE(() => {
      const between = this.OR([
        { ALT: () => this.CONSUME(Colon) },
        { GATE: () => this.LA(1).image === '-' || this.LA(1).image === '.', ALT: () => this.CONSUME(Operator) },
      ])
      const next = this.CONSUME2(Identifier)
      parts.push(between.image, next.image)
    })
    return this.ACTION((): Expression => {
      const named = parts[0] === 'event' && parts.filter((part) => part === ':').length > 1 ? parts.slice(2) : parts
      return { kind: 'expression', text: JSON.stringify(named.join('')) }
    })
  })

  readonly wait: Rule<StatementBody> = this.RULE('wait', (): StatementBody => {
    this.OR([{ ALT: () => this.CONSUME(K.WAIT) }, { ALT: () => this.CONSUME(K.PAUSE) }])
    return this.OR2([
      {
        GATE: () => this.LA(1).image === 'for',
        ALT: (): StatementBody => {
          this.CONSUME(Identifier)
          const name = this.CONSUME2(Identifier).image
          const timeout = this.OPTION(() => {
            this.CONSUME(K.OR)
            return this.SUBRULE(this.tokens)
          })
          return this.ACTION((): StatementBody => ({
            kind: 'waitFor',
            name,
            timeout: timeout ? durationOf(timeout, this.#onUnknown) : null,
          }))
        },
      },
      {
        ALT: (): StatementBody => {
          const tokens = this.SUBRULE2(this.tokens)
          return this.ACTION((): StatementBody => ({ kind: 'wait', duration: durationOf(tokens, this.#onUnknown) }))
        },
      },
    ])
  })

  readonly checkpoint: Rule<StatementBody> = this.RULE('checkpoint', (): StatementBody => {
    this.CONSUME(K.CHECKPOINT)
    const name = this.OPTION(() =>
      this.OR([{ ALT: () => unquote(this.CONSUME(Text).image) }, { ALT: () => this.CONSUME(Identifier).image }]),
    )
    return { kind: 'checkpoint', name: name ?? null }
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
              const { image: name } = this.CONSUME(Identifier)
              return { name, value: { kind: 'expression', text: name } }
            },
          },
        ])
        entries.push(entry)
      },
    })
    this.CONSUME(RBrace)
    return entries
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
    return this.ACTION(() => {
      const name = token.tokenType === Text ? unquote(token.image) : token.image
      if (FORBIDDEN_NAMES.has(name)) throw new Refusal(token, `"${name}" cannot be a name.`)
      const entry = { name, value }
      this.#names.set(entry, token)
      return entry
    })
  })

  readonly value: Rule<Value> = this.RULE('value', (): Value =>
    this.OR([
      {
        ALT: (): Value => {
          const entries = this.SUBRULE(this.object)
          return { kind: 'object', entries }
        },
      },
      {
        GATE: () => this.LA(1).tokenType === LSquare && this.#listAhead(),
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
    return this.ACTION(() => expressionOf(tokens, this.#onUnknown))
  })

  readonly condition: Rule<Condition> = this.RULE('condition', () => {
    const tokens = this.SUBRULE(this.conditionTokens)
    return this.ACTION((): Condition => {
      return conditionOf(tokens, { strict: this.strict, unknown: this.#onUnknown })
    })
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
    const open = this.OR([{ ALT: () => this.CONSUME(LParen) }, { ALT: () => this.CONSUME(LSquare) }])
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
    const close = this.OR3([{ ALT: () => this.CONSUME(RParen) }, { ALT: () => this.CONSUME(RSquare) }])
    return [open, ...tokens, close]
  })

  /** Whether the `[` that comes next closes where the value ends, so that it is a list and not the start of an expression. */
  #listAhead(): boolean {
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
    throw new Refusal(
      token,
      'This line is no statement, and the pattern is strict.',
      meant ? `Did you mean "${meant}"?` : 'Without strict: true it would be asked of the orchestrating agent.',
    )
  }
}

/** The grammar, built when first needed. */
export const strategyGrammar = whenNeeded(() => new StrategyGrammar())
