import { z } from 'zod'
import { defaultLimits, type Limits } from '../domain/limits.ts'
import { parseDuration, parseSize } from './duration.ts'
import { duration, size } from './fields.ts'

/** How much an upstream may weigh. */
export const limits = z
  .strictObject({
    paths: z
      .int()
      .min(1)
      .default(defaultLimits.paths)
      .meta({ description: 'Files, symlinks and submodules of one tree.' }),
    symlink: size('The target of one symlink.').default('4kB'),
    checkout: size('All files of one tree.').default('4GB'),
    pack: size(
      'What one fetch brings. Whatever stands here, it is never more than half of what is free on the disk.',
    ).default('8GB'),
    blob: size('One file that has to be merged.').default('64MB'),
    deadline: duration('The time of one fetch, push or listing.').default('10m'),
    idle: duration('How long one of them may go on without a byte.').default('2m'),
  })
  .meta({
    description:
      'How much this upstream and its forks may weigh. An attempt that meets one of these bounds asks a person.',
  })

/** The limits as the engine needs them; undefined where all are the defaults. */
export function toLimits(entry: z.infer<typeof limits> | undefined): Limits | undefined {
  if (entry === undefined) return undefined
  return {
    paths: entry.paths,
    symlinkBytes: parseSize(entry.symlink) ?? defaultLimits.symlinkBytes,
    checkoutBytes: parseSize(entry.checkout) ?? defaultLimits.checkoutBytes,
    packBytes: parseSize(entry.pack) ?? defaultLimits.packBytes,
    blobBytes: parseSize(entry.blob) ?? defaultLimits.blobBytes,
    deadlineSeconds: parseDuration(entry.deadline) ?? defaultLimits.deadlineSeconds,
    idleSeconds: parseDuration(entry.idle) ?? defaultLimits.idleSeconds,
  }
}
