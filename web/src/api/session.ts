// The token of this browser: in the local storage of our origin, under the names that the sign-in pages write.
// Every tab sees a sign-out of another one at once; `signOut` is also what an answer of 401 comes to.

const KEYS = ["asterism_token", "fst_token"] as const;

export function token(): string | null {
  return localStorage.getItem(KEYS[0]) ?? localStorage.getItem(KEYS[1]);
}

/** Forget the token and go to the page that makes a new one, which leads back here. */
export function signOut(): void {
  for (const key of KEYS) localStorage.removeItem(key);
  goToSignIn();
}

export function goToSignIn(): void {
  const here = location.pathname + location.search;
  location.replace(`/signin?next=${encodeURIComponent(here)}`);
}

export function watchSession(): void {
  addEventListener("storage", (event) => {
    const ours = event.key === null || (KEYS as readonly string[]).includes(event.key);
    if (ours && token() === null) goToSignIn();
  });
}
