import type { ToolCall } from '../../provider/index.ts'

/** The id of a call as it is told; ids of the user's own that have the prefix keep it. */
export const callId = ({ id }: Pick<ToolCall, 'id'>): string => (id.startsWith('call_') ? id : `call_${id}`)
