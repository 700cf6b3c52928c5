import { findProgram } from './find-program.ts'
import { machines } from './system-calls.ts'

/** KEYCTL_JOIN_SESSION_KEYRING with no name: a new and empty one. Source: keyctl(2). */
const joinSession = 'syscall($ARGV[0], 1, 0); exec { $ARGV[1] } @ARGV[1 .. $#ARGV]; exit 127'

/**
 * Put this in front of a program and its arguments to start it with an empty session keyring. No namespace divides those, and
 * a box would hold on to the keys of whoever started the worker, whose names it could read. The filter closes the calls
 * by which they are used; this is what is left to be done where perl, which git needs as well, can do it.
 */
export function ownKeyring(): readonly string[] {
  const perl = findProgram('perl')
  const keyctl = machines[process.arch]?.numbers.keyctl
  return perl === null || keyctl === undefined ? [] : [perl, '-e', joinSession, `${keyctl}`]
}
