import type { HostileCase } from '../hostile-case.ts'
import { inBox } from '../in-box.ts'

process.env.UNDRIFT_HOSTILE_SECRET ??= 'planted-secret-of-the-worker'
const planted = process.env.UNDRIFT_HOSTILE_SECRET

/** What checks try in their box. */
export const checks: readonly HostileCase[] = [
  inBox('environment', 'env; cat /proc/*/environ 2>/dev/null | tr "\\0" "\\n"', {
    tries: 'read the secrets of the worker from its environment and from every process',
    holds: ({ output }) => (output.includes(planted) ? null : 'empty environment'),
  }),
  inBox('home', 'ls -A /root /home 2>/dev/null | grep . && echo FOUND; true', {
    tries: 'read the home folders',
    holds: ({ output }) => (output.includes('FOUND') ? null : 'no home in the box'),
  }),
  inBox('processes', 'test "$(ls -d /proc/[0-9]* | wc -l)" -lt 20 && echo FEW', {
    tries: 'see the processes of the machine',
    holds: ({ output }) => (output.includes('FEW') ? 'its own process namespace' : null),
  }),
  inBox('metadata', 'exec 3<>/dev/tcp/169.254.169.254/80 && echo OPEN; echo done', {
    tries: 'ask the cloud for credentials without a network',
    holds: ({ output }) => (output.includes('OPEN') ? null : 'no network'),
  }),
  inBox('git traps', 'echo "[core] fsmonitor = id" >> .git/config && echo WRITTEN; true', {
    tries: 'leave a program in the config of the repository',
    holds: ({ output }) => (output.includes('WRITTEN') ? null : '.git is read-only'),
  }),
  inBox('fork bomb', 'f() { f | f & }; f; sleep 60', {
    tries: 'processes without an end',
    timeoutMs: 5_000,
    holds: ({ ended, exitCode }) =>
      ended !== null || exitCode !== 0 ? `${ended ?? `exit ${exitCode}`}` : null,
  }),
  inBox('flood', 'yes', {
    tries: 'output without an end',
    holds: ({ ended }) => (ended === 'output-limit' ? ended : null),
  }),
  inBox('deaf', "trap '' TERM INT HUP; while :; do sleep 1; done", {
    tries: 'never end, whatever is said',
    timeoutMs: 5_000,
    holds: ({ ended }) => (ended === 'time-limit' ? ended : null),
  }),
  inBox('daemon', 'setsid sleep 987654 & echo left', {
    tries: 'leave a process behind',
    holds: ({ output }) => (output.includes('left') ? 'the end of its process namespace' : null),
  }),
]
