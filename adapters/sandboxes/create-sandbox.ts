import type { SandboxKind } from '../../domain/settings.ts'
import { createBubblewrap } from './bubblewrap.ts'
import { createNoSandbox } from './none.ts'
import type { Sandbox } from './types.ts'

/** The sandbox that a fork's config asks for. */
export function createSandbox(kind: SandboxKind): Sandbox {
  switch (kind) {
    case 'bubblewrap':
      return createBubblewrap()
    case 'none':
      return createNoSandbox()
  }
}
