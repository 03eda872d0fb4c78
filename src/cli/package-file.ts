/**
 * Where a file of the package lies, by its path from the package's root. Only from here: the bundle's chunks lie as deep as
 * this file, whatever they hold.
 */
export function packageFile(path: string): URL {
  return new URL(`../../${path}`, import.meta.url);
}
