// Whether the server answers: what was tried last decides, and who asks again is told when it is back.
import { useSyncExternalStore } from "react";

type Listener = () => void;

class Connection {
  #up = true;
  #listeners = new Set<Listener>();

  reached = (): void => this.#set(true);
  lost = (): void => this.#set(false);
  isUp = (): boolean => this.#up;
  subscribe = (listener: Listener): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #set(up: boolean): void {
    if (up === this.#up) return;
    this.#up = up;
    for (const listener of this.#listeners) listener();
  }
}

export const connection = new Connection();

export function useConnected(): boolean {
  return useSyncExternalStore(connection.subscribe, connection.isUp);
}
