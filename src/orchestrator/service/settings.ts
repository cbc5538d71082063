/** A service of LLMs. */
export interface ServiceSettings {
  /** Without a slash at the end. */
  baseURL: string
  format: 'openai' | 'anthropic'
  apiKey?: string
  /** How it is reached. Default: the global `fetch`. */
  fetch?: typeof fetch
}
