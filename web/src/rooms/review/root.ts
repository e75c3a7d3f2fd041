/** Write a path as a header can carry it (Stargazer 0.21): what is not plain ASCII is percent-encoded. */
export function headerOf(root: string): string {
  return /^[\x20-\x7e]*$/.test(root) ? root : root.split("/").map(encodeURIComponent).join("/");
}
