// Whether the server answers. What was tried last decides; while it does not, it is asked for a sign of life.
import { useSyncExternalStore } from "react";

type Listener = () => void;
const FIRST_WAIT = 500;
const LONGEST_WAIT = 5_000;

class Connection {
  #up = true;
  #wait = FIRST_WAIT;
  #listeners = new Set<Listener>();

  reached = (): void => this.#set(true);
  isUp = (): boolean => this.#up;

  lost = (): void => {
    if (!this.#up) return;
    this.#set(false);
    this.#wait = FIRST_WAIT;
    this.#lookLater();
  };

  subscribe = (listener: Listener): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #lookLater(): void {
    setTimeout(() => void this.#look(), this.#wait);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
  }

  async #look(): Promise<void> {
    if (this.#up) return;
    try {
      await fetch("/health", { cache: "no-store" });
      this.#set(true);
    } catch {
      this.#lookLater();
    }
  }

  #set(up: boolean): void {
    if (up === this.#up) return;
    this.#up = up;
    for (const listener of this.#listeners) listener();
  }
}

export const connection = new Connection();
addEventListener("offline", connection.lost);

export function useConnected(): boolean {
  return useSyncExternalStore(connection.subscribe, connection.isUp);
}
