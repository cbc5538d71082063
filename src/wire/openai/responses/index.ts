import type { Endpoint } from '../../service.ts'
import { compact } from './compact.ts'
import { create } from './create.ts'
import { inputTokens } from './input-tokens.ts'
import { stored } from './stored.ts'

export { connect } from './socket/index.ts'

/** All that may be asked of responses by HTTP. */
export const responses: readonly Endpoint[] = [create, compact, inputTokens, ...stored]
