import { installDoors } from '../doors/index.ts'

// The plugin lets Vitest load this before any module of the user: whoever takes a function aside at load takes a door.
installDoors()
