export { openMirror } from './mirror.ts'
export { withMirrorLock } from './mirror-lock.ts'
export type * from './types.ts'
export { atLeast, gitVersion } from './version.ts'
