/** A service of LLMs. */
export interface ServiceSettings {
  /** Without a slash at the end. */
  baseURL: string
  /** The wire format of the service. */
  format: 'openai' | 'anthropic'
  /** The API key for requests to the service. Default: the text `longhaul`. */
  apiKey?: string
  /** How it is reached. Default: the global `fetch`. */
  fetch?: typeof fetch
}
