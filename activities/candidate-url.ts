/** The page of a branch on the hosts whose addresses are known; null elsewhere. */
export function candidateUrl(remoteUrl: string, ref: string): string | null {
  const match =
    /^(?:https:\/\/|ssh:\/\/git@|git@)(github\.com|gitlab\.com|codeberg\.org)[:/](.+?)(?:\.git)?\/?$/.exec(
      remoteUrl,
    )
  if (match === null) return null
  const [, host, path] = match
  const branch = ref
    .replace(/^refs\/heads\//, '')
    .split('/')
    .map(encodeURIComponent)
    .join('/')
  switch (host) {
    case 'gitlab.com':
      return `https://${host}/${path}/-/tree/${branch}`
    case 'codeberg.org':
      return `https://${host}/${path}/src/branch/${branch}`
    default:
      return `https://${host}/${path}/tree/${branch}`
  }
}
