// Loaded before any module of a test file (`setupFiles`), so that whatever these take aside are doors already.
import { installDoors } from '../doors/index.ts'

installDoors()
