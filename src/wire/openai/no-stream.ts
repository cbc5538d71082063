import type { StreamEncoder } from '../service.ts'

/** For endpoints that never stream. */
export const noStream = (): StreamEncoder => {
  throw new TypeError('This endpoint does not stream.')
}
