interface LockedPackage {
  readonly dev?: boolean
  readonly devDependencies?: unknown
}

interface LockFile {
  readonly packages: Readonly<Record<string, LockedPackage>>
}

/**
 * The lock file as an installed package needs it: the versions that were tested, those of `overrides` among them, without
 * what only the development uses. npm ignores `package-lock.json` in a package and heeds `npm-shrinkwrap.json`.
 */
export function shrinkwrapOf<T extends LockFile>(lock: T): T {
  const kept = Object.entries(lock.packages)
    .filter(([, { dev }]) => dev !== true)
    .map(([path, { devDependencies: _, ...locked }]) => [path, locked] as const)
  return { ...lock, packages: Object.fromEntries(kept) }
}
