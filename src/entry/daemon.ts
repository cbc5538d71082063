/**
 * `longhaul/daemon`: a pattern in a real daemon, in a process of its own, as a system under test.
 *
 * @packageDocumentation
 */
export { DaemonOrchestrationError, daemonSystem, type DaemonResult, type DaemonSettings } from '../systems/index.ts'
