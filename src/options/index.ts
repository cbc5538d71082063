export { isMistake, nearest, suggestion } from './nearest.ts'
export { problemOfOptions, unfitOption, unknownOption, type OptionProblem, type OptionTable } from './read.ts'
export * as types from './types.ts'
export type { OptionType } from './types.ts'
