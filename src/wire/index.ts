import { anthropic } from './anthropic/index.ts'
import { azure } from './azure/index.ts'
import { bedrock } from './bedrock/index.ts'
import { cohere } from './cohere/index.ts'
import { compatible } from './compatible.ts'
import { google } from './google/index.ts'
import { mistral } from './mistral/index.ts'
import { ollama } from './ollama/index.ts'
import { openai } from './openai/index.ts'
import type { Service } from './service.ts'

export type { Chunk } from './chunk.ts'
export { endpointAt, matchStart, type Params } from './paths.ts'
export {
  badText,
  HTML_PAGE,
  isBad,
  isStreamed,
  REFUSED_AS,
  type BadRequest,
  type ServiceContext,
  type Detached,
  type Endpoint,
  type Generation,
  type Lacking,
  type LiveConnection,
  type LiveSession,
  type Resource,
  type ResponseHead,
  type Service,
  type StreamEncoder,
  type Streamed,
  type WireRequest,
  type WireResponse,
} from './service.ts'
export { ResourceStore } from './resource-store.ts'
export { unsimulatedResponse, unsimulatedSocketText, unsimulatedText } from './unsimulated.ts'

/** The services that are simulated. A new one is a folder and a line here. */
export const SERVICES: readonly Service[] = [
  openai,
  anthropic,
  google,
  bedrock,
  azure,
  mistral,
  cohere,
  ollama,
  ...compatible,
]
