import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Makes the folder that lasts for all commands of one verification: `/tmp` of the box, with the home in it. */
export async function makeTemporary(path: string): Promise<void> {
  await mkdir(join(path, 'home'), { recursive: true })
  // As everybody's is; nobody but this user gets to it from outside.
  await chmod(path, 0o1777)
}
