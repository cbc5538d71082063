/** How long a prompt may stay cached, also as it was written at first. */
export const RETENTIONS = ['in_memory', '24h', 'in-memory'] as const
