export { isMistake, nearest, suggestion } from './nearest.ts'
