import type { Field } from '../shape.ts'

/** The name of a tool. Source: https://platform.openai.com/docs/api-reference/chat/create (tools). */
export const TOOL_NAME: Field = { type: 'string', required: true, least: 1, most: 64, pattern: '^[a-zA-Z0-9_-]+$' }
