import type { BadRequest, Endpoint } from '../service.ts'
import type { LimitState, ServiceError, Reply } from '../../provider/index.ts'

/** A vendor that speaks OpenAI's format in an accent of its own, as data. What is left out is as at OpenAI. */
export interface Vendor {
  /** As the user calls it, and as the table of prices knows it. */
  name: string
  /** Where its SDK, or OpenAI's, is pointed to. */
  baseURL: string
  /** Its own hosts. Without any, it runs on a machine of the user's, who says where (`providers.<name>.baseURLs`). */
  hosts?: RegExp
  /** Further paths below which the same is. */
  bases?: readonly string[]
  /** Whose models it serves, where not its own; `*` for any, at no price. */
  catalogue?: string
  /** Whether it answers without a key. */
  keyless?: true
  /** What it has beside chat completions and models. */
  also?: readonly ('embeddings' | 'completions' | 'responses' | 'responses over WebSocket')[]
  /** Endpoints in a format of its own. */
  more?: readonly Endpoint[]
  /** Where it speaks Anthropic's format, below one of its bases, for the clients of that. */
  anthropicAt?: string
  /** How ids of answers begin. */
  idPrefix?: string
  /** The field in which it tells what the model thought. */
  thoughts?: 'reasoning' | 'reasoning_content'
  /** Models that think without being asked to. */
  thinks?: RegExp
  /** Whether a stream tells its usage unasked. */
  alwaysUsage?: true
  /** Whether it searches the web for every answer. */
  alwaysSearches?: true
  /** What a stream begins with, before its first event. */
  prelude?: string
  /** Fields of its own in an answer, and in the last chunk of a stream. */
  answer?: (told: Told) => object
  /** Fields of its own in every chunk. */
  chunk?: (told: Told) => object
  /** Fields of its own in each message. */
  message?: (told: Told) => object
  /** Changes of the usage. */
  usage?: (told: Told) => object
  errors?: VendorErrors
  limits?: LimitNames
  /** How a limit on tokens counts the requested maximum of generated tokens on arrival. Default: not at all. */
  reserves?: 'larger' | 'sum'
}

/** What a vendor's own fields are made from. */
export interface Told {
  reply: Reply
  /** What it has found on the web. */
  found: readonly Found[]
}

/** A page that an answer is based on. */
export interface Found {
  title: string
  url: string
}

/** An error before it has a shape. */
export interface VendorError {
  message: string
  type: string
  param: string | null
  code: string | null
}

/** Why a request gets no answer. */
export type Cause = ServiceError['kind'] | BadRequest['kind']

/** How a vendor says that something is wrong. */
export interface VendorErrors {
  /** The body, in the vendor's shape. Default: OpenAI's. */
  body?: (error: VendorError, status: number) => unknown
  /**
   * What is said otherwise than by OpenAI; `{model}` stands for the model that was asked for, `{limit}` and
   * `{requested}` for the tokens of a request that is too large for a limit.
   */
  texts?: Partial<Record<Cause, Partial<VendorError> & { status?: number }>>
}

/** Headers that tell of one limit. */
type Names = readonly [limit: string, remaining: string, reset: string]

/** How a vendor tells of its limits. */
export interface LimitNames {
  requests?: Names
  tokens?: Names
  /** When a limit is whole again, as the vendor writes it. */
  reset: (state: LimitState) => string
}
