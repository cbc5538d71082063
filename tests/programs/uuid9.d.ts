declare module 'uuid9' {
  export { v4 } from 'uuid'
}
