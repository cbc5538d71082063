/** What tells the question of a task, with its place behind it, from others. */
export const TASK = 'task '
