export { maintainRelease } from './maintain-release.ts'
export { promoteCandidate } from './promote-candidate.ts'
export { watchUpstream } from './watch-upstream.ts'
