import type { LimitStates, Reply } from '../../provider/index.ts'
import type { ResponseHead } from '../service.ts'
import { commonHeaders } from './errors.ts'

/** Status and headers of an answer, streamed or whole. */
export const answerHead = (reply: Reply, limits: LimitStates, { stream }: { stream: boolean }): ResponseHead => ({
  status: 200,
  headers: {
    'content-type': stream ? 'text/event-stream; charset=utf-8' : 'application/json',
    ...commonHeaders(reply.id, limits),
  },
})
